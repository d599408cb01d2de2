import type { CidKey, PeerId } from '../../../ids.ts'
import { createMessage, type Message, type WantEntry, type WantType } from '../../../message/message.ts'
import type { Random } from '../../../ports.ts'
import type { ClientHost } from '../../../session/session-like.ts'
import type { Waiter } from '../../../session/waiter.ts'
import { ClientSession } from '../base/client-session.ts'
import type { ClientWant, Desk, Tactics } from '../base/desk.ts'
import { sample } from '../base/sample.ts'

export interface RelaySettings {
  /** Peers asked for each want that is passed on. */
  readonly degree: number
  /** How long a want is passed on at most, in milliseconds. */
  readonly relayMs: number
  /** Wants passed on at a time. */
  readonly maxRelays: number
}

export interface RelayParts {
  readonly settings: RelaySettings
  readonly random: Random
  /** Peers to be asked before others, the likeliest first. */
  readonly likely: (key: CidKey) => readonly PeerId[]
  /** The want is passed on no longer. */
  readonly ended: (key: CidKey) => void
  /** Does a session of the peer's own want it? Then that one asks, and asks farther: there is nothing to pass on. */
  readonly isOwn: (key: CidKey) => boolean
}

/** One want that is passed on for others. */
interface Passed {
  readonly cid: WantEntry['cid']
  readonly key: CidKey
  /** For whom, and what each asked for last. Bounded: connected peers. */
  readonly sources: Map<PeerId, WantType>
  /** How many peers further those that are asked may ask. */
  readonly ttl: number
  readonly untilMs: number
  /** Peers that said they have it. Bounded: connected peers. */
  readonly holders: Set<PeerId>
  /** Sources that were told of a holder: each once, or two peers that want the same would tell each other for ever. Bounded: as `sources`. */
  readonly told: Set<PeerId>
}

/**
 * Passes wants of others on: whoever asks for a block that is not here, and lets the want travel, is told "dont-have" as
 * ever, but a session of the relay's own asks some other peers. What these have is told back along the way; the block comes
 * back along it, too, and reaches the source from the store, as any block that a partner waits for.
 */
export class Relay implements Tactics, Waiter {
  readonly #parts: RelayParts
  /** Bounded: `maxRelays`. */
  readonly #passed = new Map<CidKey, Passed>()
  #host: ClientHost | undefined
  #session: ClientSession | undefined
  #desk: Desk | undefined

  constructor(parts: RelayParts) {
    this.#parts = parts
  }

  attach(host: ClientHost): void {
    this.#host = host
  }

  /** How far a want that is passed on may go from here; undefined for one that is not. */
  ttlOf(key: CidKey): number | undefined {
    return this.#passed.get(key)?.ttl
  }

  received(peer: PeerId, { cancels, wants }: Message): void {
    for (const { key } of cancels) this.#leave(peer, key)
    for (const want of wants) {
      const known = this.#passed.get(want.key)
      if (known === undefined) this.#take(peer, want)
      else this.#join(peer, known, want)
    }
  }

  /** Whoever was told, or is about to be told, that the block can be had is not told the contrary. */
  sending(message: Message): Message {
    const { presences } = message
    const isOutdated = (key: CidKey): boolean => (this.#passed.get(key)?.holders.size ?? 0) > 0
    if (!presences.some(({ key, have }) => !have && isOutdated(key))) return message
    return { ...message, presences: presences.filter(({ key, have }) => have || !isOutdated(key)) }
  }

  // ── what its session is told ───────────────────────────────────────────────────────────────────────────────────

  wanted(wants: readonly ClientWant[]): void {
    for (const want of wants) {
      const passed = this.#passed.get(want.shared.key)
      if (passed !== undefined) for (const peer of this.#choose(passed)) this.#desk?.ask(want, peer, 'have')
    }
  }

  presence(want: ClientWant, peer: PeerId, have: boolean): void {
    const passed = this.#passed.get(want.shared.key)
    if (passed === undefined) return
    if (!have) {
      passed.holders.delete(peer)
      this.#fetch(passed)
      return
    }
    passed.holders.add(peer)
    this.#tellSources(passed)
    this.#fetch(passed)
  }

  peerLeft(peer: PeerId): void {
    for (const passed of [...this.#passed.values()]) {
      this.#leave(peer, passed.key)
      if (passed.holders.delete(peer)) this.#fetch(passed)
    }
  }

  due(now: number): void {
    for (const passed of [...this.#passed.values()]) if (passed.untilMs <= now) this.#end(passed.key)
    this.#setAlarm()
  }

  /** It is in the store, from where the sources are served; each says when it has it. */
  arrived(): void {
    return undefined
  }

  failed(key: CidKey): void {
    this.#end(key)
  }

  dropped(): void {
    return undefined
  }

  peerConnected(): void {
    return undefined
  }

  provider(): void {
    return undefined
  }

  #take(peer: PeerId, { cid, key, type, ttl = 0 }: WantEntry): void {
    const host = this.#host
    if (ttl <= 0 || host === undefined || this.#passed.size >= this.#parts.settings.maxRelays) return
    if (this.#parts.isOwn(key)) return
    const untilMs = host.parts.clock.now() + this.#parts.settings.relayMs
    const sources = new Map([[peer, type]])
    const passed: Passed = { cid, key, sources, ttl: ttl - 1, untilMs, holders: new Set(), told: new Set() }
    this.#passed.set(key, passed)
    this.#session ??= this.#open(host)
    this.#session.want(cid, this, 1)
    this.#setAlarm()
  }

  #join(peer: PeerId, passed: Passed, { type, ttl = 0 }: WantEntry): void {
    if (ttl <= 0 && !passed.sources.has(peer)) return
    passed.sources.set(peer, type)
    if (type === 'block') this.#fetch(passed)
    else this.#tell(peer, passed)
  }

  #open(host: ClientHost): ClientSession {
    const tactics = (desk: Desk): Tactics => {
      this.#desk = desk
      return this
    }
    return new ClientSession({ parts: host.parts, hints: [], fixed: false, tactics })
  }

  /** Not those that want it themselves; first those that may well have it, then any. */
  #choose({ key, sources }: Passed): readonly PeerId[] {
    const peers = (this.#desk?.peers() ?? []).filter((peer) => !sources.has(peer))
    const likely = this.#parts.likely(key).filter((peer) => peers.includes(peer))
    const others = peers.filter((peer) => !likely.includes(peer))
    const { degree } = this.#parts.settings
    return [...likely, ...sample(others, degree - likely.length, this.#parts.random)].slice(0, degree)
  }

  #tellSources(passed: Passed): void {
    for (const [peer, type] of passed.sources) if (type === 'have') this.#tell(peer, passed)
  }

  /** Once, and only of others that have it. */
  #tell(peer: PeerId, { cid, key, holders, told }: Passed): void {
    if (told.has(peer) || holders.size === (holders.has(peer) ? 1 : 0)) return
    told.add(peer)
    this.#host?.send(peer, createMessage({ presences: [{ cid, key, have: true }] }))
  }

  /** Asks a holder for the bytes, when a source wants them and nobody is asked yet. */
  #fetch({ key, sources, holders }: Passed): void {
    const want = this.#desk?.open.get(key)
    if (want === undefined || want.shared.inFlight.size > 0) return
    if (![...sources.values()].includes('block')) return
    for (const peer of holders) if (this.#desk?.ask(want, peer, 'block') === true) return
  }

  #leave(peer: PeerId, key: CidKey): void {
    const passed = this.#passed.get(key)
    passed?.told.delete(peer)
    if (passed?.sources.delete(peer) === true && passed.sources.size === 0) this.#end(key)
  }

  #end(key: CidKey): void {
    if (!this.#passed.delete(key)) return
    this.#session?.unwant(key, this)
    this.#parts.ended(key)
  }

  #setAlarm(): void {
    const [oldest] = this.#passed.values()
    if (oldest !== undefined) this.#desk?.wakeAt(oldest.untilMs)
  }
}
