import type { Libp2p } from '@libp2p/interface'
import { InvalidParametersError } from '../../errors.ts'
import type { Exchange, PeerRateLimits, RateLimits } from '../../exchange.ts'
import type { PeerId } from '../../ids.ts'
import { checkLimits } from '../../policy/check-limits.ts'
import type { Settings } from '../config/schema.ts'
import type { BootstrapList } from '../connectivity/bootstrap-list.ts'
import { hardLimit } from '../connectivity/connection-trimmer.ts'
import type { Connectivity } from '../connectivity/connectivity.ts'
import { setMaxConnections } from '../connectivity/max-connections.ts'
import type { KeptRules } from '../repo/kept-rules.ts'
import { reasonOf } from '../repo/repo-error.ts'
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
  /** By the names of `CHANGES`, whose settings hold since this peer started. Bounded: by them. */
  readonly #held = new Map<string, Settings>()

  constructor(parts: LiveParts) {
    this.#parts = parts
  }

  /** Throws `InvalidParametersError` where settings contradict what this peer was told while it ran. */
  check(keys: readonly string[], next: Settings): void {
    if (!keys.some(isOf('Barter.Limits'))) return
    const { limits } = this.#parts.exchange
    const ofConfig = new Set(peersOf(next, this.#before('Barter.Limits')))
    const { options, peerLimits } = next.bitswap
    const rates = { ...limits.get(), ...options.limits }
    checkLimits({ rates, peers: peerLimits })
    for (const given of limits.ofPeers()) if (!ofConfig.has(given.peer)) checkGiven(rates, given)
  }

  /** Resolves with those of the keys that took hold; changes nothing where `check` throws. */
  async apply(keys: readonly string[], next: Settings): Promise<readonly string[]> {
    this.check(keys, next)
    const { log } = this.#parts
    const due = CHANGES.filter(([name]) => keys.some(isOf(name)) && (name !== 'Barter.Log' || log !== undefined))
    for (const [name, change] of due) {
      await change(this.#parts, next, this.#before(name))
      this.#held.set(name, next)
    }
    return keys.filter((key) => due.some(([name]) => isOf(name)(key)))
  }

  #before(name: string): Settings {
    return this.#held.get(name) ?? this.#parts.settings
  }
}

/** The limit of a peer that is not of the config: nothing in the config would mend it. */
function checkGiven(rates: RateLimits, given: PeerRateLimits): void {
  try {
    checkLimits({ rates, peers: [given] })
  } catch (error) {
    const way = `\`barter bitswap limits --peer ${given.peer} --reset\` takes it back`
    throw new InvalidParametersError(`${reasonOf(error)}; ${way}`, { cause: error })
  }
}

function isOf(name: string): (key: string) => boolean {
  return (key) => key === name || key.startsWith(`${name}.`)
}

/** Limits that peers were given otherwise stay. What goes first cannot contradict what comes. */
function changeLimits({ exchange }: LiveParts, next: Settings, before: Settings): void {
  const { limits } = exchange
  for (const peer of peersOf(next, before)) limits.setPeer(peer, {})
  limits.set(next.bitswap.options.limits ?? {})
  for (const { peer, ...rates } of next.bitswap.peerLimits) limits.setPeer(peer, rates)
}

/** Peers that have limits by the one, or the other. */
function peersOf(...all: readonly Settings[]): readonly PeerId[] {
  return all.flatMap(({ bitswap }) => bitswap.peerLimits.map(({ peer }) => peer))
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
