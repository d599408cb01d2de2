import type { Libp2p } from '@libp2p/interface'
import type { Exchange } from '../../exchange.ts'
import { checkLimits, limitsOf, type AllLimits } from './check-limits.ts'
import type { Settings } from '../config/schema.ts'
import type { BootstrapList } from '../connectivity/bootstrap-list.ts'
import { hardLimit } from '../connectivity/connection-trimmer.ts'
import type { Connectivity } from '../connectivity/connectivity.ts'
import { setMaxConnections } from '../connectivity/max-connections.ts'
import type { KeptRules } from '../repo/kept-rules.ts'
import type { LogSink } from '../log/log-sink.ts'

export interface LiveParts {
  readonly libp2p: Libp2p
  readonly exchange: Exchange
  readonly connectivity: Connectivity
  readonly bootstrap: BootstrapList
  readonly rules: KeptRules
  /** The log of the process, where this peer has a say in it. */
  readonly log: LogSink | undefined
  /** As the peer started. */
  readonly settings: Settings
}

type Change = (parts: LiveParts, next: Settings, before: Settings) => Promise<void> | void

/** What a running peer does about keys at, or below, a name. */
const CHANGES: readonly (readonly [name: string, change: Change])[] = [
  ['Barter.Limits', changeLimits],
  ['Barter.Policy', ({ exchange, rules }, next) => rules.become(exchange.policy, next.bitswap.rules)],
  ['Swarm.ConnMgr', changeConnections],
  ['Bootstrap', changeBootstrap],
  ['Peering', async ({ connectivity }, next) => await connectivity.configure(next)],
  ['Barter.Log', changeLog]
]

/** Makes settings take hold in a running peer. */
export class LiveSettings {
  readonly #parts: LiveParts
  #settings: Settings

  constructor(parts: LiveParts) {
    this.#parts = parts
    this.#settings = parts.settings
  }

  /** Throws `InvalidParametersError` where settings contradict what this peer was told while it ran. */
  check(keys: readonly string[], next: Settings): void {
    if (!keys.some(isOf('Barter.Limits'))) return
    const now = limitsOf(this.#parts.exchange.limits)
    checkLimits(now, limitsAfter(now, next, this.#settings))
  }

  /** Resolves with those of the keys that took hold; changes nothing where `check` throws. */
  async apply(keys: readonly string[], next: Settings): Promise<readonly string[]> {
    this.check(keys, next)
    const { log } = this.#parts
    const due = CHANGES.filter(([name]) => keys.some(isOf(name)) && (name !== 'Barter.Log' || log !== undefined))
    for (const [, change] of due) await change(this.#parts, next, this.#settings)
    this.#settings = next
    return keys.filter((key) => due.some(([name]) => isOf(name)(key)))
  }
}

function isOf(name: string): (key: string) => boolean {
  return (key) => key === name || key.startsWith(`${name}.`)
}

function changeLimits({ exchange }: LiveParts, { bitswap }: Settings, before: Settings): void {
  const { limits } = exchange
  limits.set(bitswap.options.limits ?? {})
  for (const { peer } of before.bitswap.peerLimits) limits.setPeer(peer, {})
  for (const { peer, ...rates } of bitswap.peerLimits) limits.setPeer(peer, rates)
}

/** What `changeLimits` makes of the limits: those that peers were given otherwise stay. */
function limitsAfter(now: AllLimits, { bitswap }: Settings, before: Settings): AllLimits {
  const ofConfig = new Set([...before.bitswap.peerLimits, ...bitswap.peerLimits].map(({ peer }) => peer))
  return {
    rates: { ...now.rates, ...bitswap.options.limits },
    peers: [...now.peers.filter(({ peer }) => !ofConfig.has(peer)), ...bitswap.peerLimits]
  }
}

function changeConnections({ libp2p, connectivity }: LiveParts, { swarm }: Settings): void {
  connectivity.limitConnections(swarm.connections)
  setMaxConnections(libp2p, hardLimit(swarm.connections))
}

function changeBootstrap({ bootstrap, connectivity }: LiveParts, { discovery }: Settings): void {
  bootstrap.become(discovery.bootstrap)
  connectivity.bootstrapChanged()
}

function changeLog({ log }: LiveParts, { log: wanted }: Settings): void {
  if (log === undefined) return
  log.levels.reset(wanted.level, wanted.levels)
  log.format = wanted.format
}
