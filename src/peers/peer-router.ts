import type { CidKey, PeerId } from '../ids.ts'
import type { PeerOptions } from '../options.ts'
import type { Clock, Network, PeerFeatures, Provider } from '../ports.ts'
import { Pace, type PaceOptions } from './pace.ts'
import { PresenceTable, type PresenceState } from './presence.ts'

/** Whoever has to know that peers come and go: a session. */
export interface PeerWatcher {
  peerConnected(peer: PeerId): void
  peerDisconnected(peer: PeerId): void
  /** The peer sent something that was not what it was asked for. */
  peerLied(peer: PeerId): void
  /** The peer was silent for too long while it owed blocks. */
  peerStalled(peer: PeerId): void
}

interface Connected {
  readonly features: PeerFeatures
  readonly pace: Pace
}

interface Strikes {
  count: number
  /** When the first of them was, and after the last one, until when the peer is not asked. */
  since: number
  until: number
}

const MAX_STRIKES = 3
const STRIKE_WINDOW_MS = 10 * 60_000
const DISTRUST_MS = 15 * 60_000
/** Peers whose lies are remembered. */
const MAX_STRUCK = 1_024

/** Who is connected, who may have what, and whom not to ask. */
export class PeerRouter {
  /** Bounded: connected peers. */
  readonly #connected = new Map<PeerId, Connected>()
  /** Peers asked for blocks that have not answered. Bounded: connected peers. */
  readonly #owing = new Set<PeerId>()
  /** Bounded: MAX_STRUCK, oldest out first. */
  readonly #strikes = new Map<PeerId, Strikes>()
  /** Bounded: open sessions. */
  readonly #watchers = new Set<PeerWatcher>()
  readonly #presence: PresenceTable
  readonly #network: Pick<Network, 'latencyMs' | 'connect'>
  readonly #clock: Clock
  readonly #pace: PaceOptions

  constructor(
    network: Pick<Network, 'latencyMs' | 'connect'>,
    clock: Clock,
    options: PeerOptions,
    pace: Omit<PaceOptions, 'initialWindow' | 'horizonMs'>
  ) {
    this.#network = network
    this.#clock = clock
    this.#presence = new PresenceTable(options.maxPresences, options.dontHaveTtlMs)
    this.#pace = { ...pace, initialWindow: options.initialWindow, horizonMs: options.windowHorizonMs }
  }

  connected(peer: PeerId, features: PeerFeatures): void {
    this.#owing.delete(peer)
    const pace = new Pace(this.#pace, (owes) => {
      if (owes) this.#owing.add(peer)
      else this.#owing.delete(peer)
    })
    const latency = this.#network.latencyMs(peer)
    if (latency !== undefined) pace.roundTrip(latency)
    this.#connected.set(peer, { features, pace })
    for (const watcher of [...this.#watchers]) watcher.peerConnected(peer)
  }

  disconnected(peer: PeerId): void {
    if (!this.#connected.delete(peer)) return
    this.#owing.delete(peer)
    this.#presence.forgetPeer(peer)
    for (const watcher of [...this.#watchers]) watcher.peerDisconnected(peer)
  }

  watch(watcher: PeerWatcher): void {
    this.#watchers.add(watcher)
  }

  unwatch(watcher: PeerWatcher): void {
    this.#watchers.delete(watcher)
  }

  peers(): IterableIterator<PeerId> {
    return this.#connected.keys()
  }

  isConnected(peer: PeerId): boolean {
    return this.#connected.has(peer)
  }

  /** Connected, and not caught lying of late. */
  isTrusted(peer: PeerId): boolean {
    if (!this.#connected.has(peer)) return false
    const strikes = this.#strikes.get(peer)
    return strikes === undefined || this.#clock.now() >= strikes.until
  }

  /** How fast a peer answers; undefined when it is not connected. */
  pace(peer: PeerId): Pace | undefined {
    return this.#connected.get(peer)?.pace
  }

  /** Connects to a provider; resolves with its id. */
  connect(provider: Provider, signal: AbortSignal): Promise<PeerId> {
    return this.#network.connect(provider, { signal })
  }

  presence(peer: PeerId, key: CidKey): PresenceState {
    return this.#presence.of(peer, key, this.#clock.now())
  }

  recordPresence(peer: PeerId, key: CidKey, have: boolean): void {
    if (this.#connected.has(peer)) this.#presence.record(peer, key, have, this.#clock.now())
  }

  forgetBlock(key: CidKey): void {
    this.#presence.forget(key)
  }

  /** Peers that owe us blocks and say nothing for too long: whoever waits for them should look elsewhere. */
  reportStalled(): void {
    const now = this.#clock.now()
    for (const peer of [...this.#owing]) {
      const pace = this.pace(peer)
      if (pace === undefined || pace.stalledAt() > now) continue
      pace.stall(now)
      for (const watcher of [...this.#watchers]) watcher.peerStalled(peer)
    }
  }

  /** When the first of the peers that owe us would count as stalled; Infinity while none does. */
  nextStallAt(): number {
    let next = Infinity
    for (const peer of this.#owing) next = Math.min(next, this.pace(peer)?.stalledAt() ?? Infinity)
    return next
  }

  /** What a peer sent is being stored, and its next messages wait for that. The returned function says when it is done. */
  storing(peer: PeerId): () => void {
    const pace = this.#connected.get(peer)?.pace
    pace?.unread()
    return () => pace?.read(this.#clock.now())
  }

  /** A peer that owes us blocks sent something else instead. The third time in ten minutes it is left alone for a while. */
  lied(peer: PeerId): void {
    if ((this.#connected.get(peer)?.pace.outstanding ?? 0) === 0) return
    const now = this.#clock.now()
    const known = this.#strikes.get(peer)
    const strikes =
      known !== undefined && now - known.since < STRIKE_WINDOW_MS
        ? known
        : { count: 0, since: now, until: known?.until ?? 0 }
    strikes.count++
    if (strikes.count >= MAX_STRIKES) strikes.until = now + DISTRUST_MS
    this.#strikes.delete(peer)
    this.#strikes.set(peer, strikes)
    if (this.#strikes.size > MAX_STRUCK) this.#forgetOldestStrikes()
    for (const watcher of [...this.#watchers]) watcher.peerLied(peer)
  }

  #forgetOldestStrikes(): void {
    for (const peer of this.#strikes.keys()) {
      this.#strikes.delete(peer)
      return
    }
  }
}
