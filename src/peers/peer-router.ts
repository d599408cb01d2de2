import type { CidKey, PeerId } from '../ids.ts'
import type { PeerOptions } from '../options.ts'
import type { Clock, Network, PartialMessage, PeerFeatures, Provider } from '../ports.ts'
import { Pace, type PaceOptions } from './pace.ts'
import { Rows, type RoomSeeker } from './rows.ts'
import { PresenceTable, type BlockEvidence, type PresenceState } from './presence.ts'

/** Whoever has to know that peers come and go: a session. */
export interface PeerWatcher {
  peerConnected(peer: PeerId): void
  peerDisconnected(peer: PeerId): void
  /** The peer sent something that was not what it was asked for. */
  peerLied(peer: PeerId): void
  /** These were silent for too long while they owed blocks. */
  peersStalled(peers: ReadonlySet<PeerId>): void
}

interface Connected {
  readonly features: PeerFeatures
  readonly pace: Pace
  /** It sent, or said it has, what it was asked for; now, or by what is remembered of it. */
  answered: boolean
  /** When its silence last counted as a broken promise. */
  silentAt: number
}

/** Trust in a peer of which nothing is known. */
const UNKNOWN_SCORE = 0.5

/** One silence of a peer, in milliseconds: what is told of it within is the same one. */
const SILENCE_MS = 1_000

/** Whether peers keep their word. */
export interface Reputation {
  delivered(peer: PeerId): void
  broke(peer: PeerId): void
  mismatched(peer: PeerId): void
  isBanned(peer: PeerId): boolean
  /** 0 to 1; 0.5 for a stranger. */
  score(peer: PeerId): number
  pastMeasure(peer: PeerId): { readonly latencyMs: number } | undefined
}

export interface PeerRouterParts {
  readonly network: Pick<Network, 'latencyMs' | 'connect'>
  readonly clock: Clock
  readonly trust: Reputation
  /** Blocks of this size that may be asked of one of so many peers at a time. */
  readonly window?: (blockBytes: number, peers: number) => number
}

/** Who is connected, who may have what, and whom not to ask. */
export class PeerRouter {
  /** Bounded: connected peers. */
  readonly #connected = new Map<PeerId, Connected>()
  /** Peers asked for blocks that have not answered. Bounded: connected peers. */
  readonly #owing = new Map<PeerId, Pace>()
  /** Bounded: open sessions. */
  readonly #watchers = new Set<PeerWatcher>()
  readonly #presence: PresenceTable
  readonly #rows: Rows
  readonly #parts: PeerRouterParts
  readonly #clock: Clock
  readonly #pace: PaceOptions
  readonly #limit = (blockBytes: number): number => this.#parts.window?.(blockBytes, this.#owing.size) ?? Infinity

  constructor(parts: PeerRouterParts, options: PeerOptions, pace: Omit<PaceOptions, 'initialWindow' | 'horizonMs'>) {
    this.#parts = parts
    this.#clock = parts.clock
    this.#rows = new Rows(parts.clock, (peer) => this.pace(peer))
    this.#presence = new PresenceTable(options.maxPresences, options.dontHaveTtlMs)
    this.#pace = { ...pace, initialWindow: options.initialWindow, horizonMs: options.windowHorizonMs }
  }

  connected(peer: PeerId, features: PeerFeatures): void {
    this.#owing.delete(peer)
    const { network, trust } = this.#parts
    const owes = (isOwing: boolean): void => {
      if (isOwing) this.#owing.set(peer, pace)
      else this.#owing.delete(peer)
      this.#rows.freed(peer)
    }
    const pace: Pace = new Pace(this.#pace, { owes, limit: this.#limit })
    const latency = network.latencyMs(peer) ?? trust.pastMeasure(peer)?.latencyMs
    if (latency !== undefined && latency > 0) pace.roundTrip(latency)
    this.#connected.set(peer, { features, pace, answered: trust.score(peer) > UNKNOWN_SCORE, silentAt: -Infinity })
    for (const watcher of [...this.#watchers]) watcher.peerConnected(peer)
  }

  disconnected(peer: PeerId): void {
    if (!this.#connected.delete(peer)) return
    this.#owing.delete(peer)
    this.#rows.gone(peer)
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

  /** What speaks for asking a peer that nobody named. */
  bystander(peer: PeerId): { readonly answered: boolean; readonly isLocal: boolean } {
    const connected = this.#connected.get(peer)
    return { answered: connected?.answered === true, isLocal: connected?.features.isRemote !== true }
  }

  /** Connected, and not banned. */
  isTrusted(peer: PeerId): boolean {
    return this.#connected.has(peer) && !this.#parts.trust.isBanned(peer)
  }

  /** How likely the peer is to keep its word, 0 to 1; 0.5 for one of which nothing is known. */
  trust(peer: PeerId): number {
    return this.#parts.trust.score(peer)
  }

  /** A block came that the peer was asked for. */
  kept(peer: PeerId): void {
    const connected = this.#connected.get(peer)
    if (connected !== undefined) connected.answered = true
    this.#parts.trust.delivered(peer)
  }

  /**
   * The peer said that it has a block, was asked for it, and denies it now, or is silent. Silence counts once, however many
   * blocks it is about: a link that is cut breaks no promises one by one.
   */
  broke(peer: PeerId, how: 'denied' | 'silent'): void {
    const connected = this.#connected.get(peer)
    if (connected === undefined) return
    const now = this.#clock.now()
    if (how === 'silent' && now - connected.silentAt < SILENCE_MS) return
    if (how === 'silent') connected.silentAt = now
    this.#parts.trust.broke(peer)
  }

  /** How fast the peer is; undefined when it is not connected. */
  measure(peer: PeerId): { readonly latencyMs: number; readonly bytesPerSecond: number } | undefined {
    const pace = this.#connected.get(peer)?.pace
    return pace === undefined ? undefined : { latencyMs: pace.roundTripMs, bytesPerSecond: pace.bytesPerSecond }
  }

  /** How fast a peer answers; undefined when it is not connected. */
  pace(peer: PeerId): Pace | undefined {
    return this.#connected.get(peer)?.pace
  }

  /** Tells `seeker` in its turn when one of these busy peers, and no other, has room. */
  awaitRoom(seeker: RoomSeeker, peers: ReadonlySet<PeerId>): void {
    this.#rows.wait(seeker, peers)
  }

  /** It waits for nobody any more. */
  leaveRows(seeker: RoomSeeker): void {
    this.#rows.leave(seeker)
  }

  /** Connects to a provider; resolves with its id. */
  connect(provider: Provider, signal: AbortSignal): Promise<PeerId> {
    return this.#parts.network.connect(provider, { signal })
  }

  presence(peer: PeerId, key: CidKey): PresenceState {
    return this.#presence.of(peer, key, this.#clock.now())
  }

  /** All that connected peers said of a block; undefined where nobody said anything. */
  evidence(key: CidKey): BlockEvidence | undefined {
    return this.#presence.about(key)
  }

  recordPresence(peer: PeerId, key: CidKey, have: boolean): void {
    const connected = this.#connected.get(peer)
    if (connected === undefined) return
    if (have) connected.answered = true
    this.#presence.record(peer, key, have, this.#clock.now())
  }

  forgetBlock(key: CidKey): void {
    this.#presence.forget(key)
  }

  /** A part is here of what may be a block that the peer owes: it is slow, but not silent. */
  receiving(peer: PeerId, part: PartialMessage): void {
    this.pace(peer)?.receiving(part, this.#clock.now())
  }

  /** Peers that owe us blocks and say nothing for too long: whoever waits for them should look elsewhere. */
  reportStalled(): void {
    const now = this.#clock.now()
    let silent: Set<PeerId> | undefined
    for (const [peer, pace] of this.#owing) if (pace.stalledAt() <= now) (silent ??= new Set()).add(peer)
    if (silent !== undefined) this.#giveUpOn(silent)
  }

  /** Somebody else, asked later, has sent what the peer owes: if it is silent as well, there is no use in more patience. */
  overtaken(peer: PeerId): void {
    const pace = this.pace(peer)
    if (pace !== undefined && pace.hangsAt() <= this.#clock.now()) this.#giveUpOn(new Set([peer]))
  }

  /** All at once: each watcher goes through its wants one time. */
  #giveUpOn(peers: ReadonlySet<PeerId>): void {
    for (const peer of peers) this.pace(peer)?.stall(this.#clock.now())
    for (const watcher of [...this.#watchers]) watcher.peersStalled(peers)
  }

  /** When the first of the peers that owe us would count as stalled; Infinity while none does. */
  nextStallAt(): number {
    let next = Infinity
    for (const pace of this.#owing.values()) next = Math.min(next, pace.stalledAt())
    return next
  }

  /** What a peer sent is being stored, and its next messages wait for that. The returned function says when it is done. */
  storing(peer: PeerId): () => void {
    const pace = this.#connected.get(peer)?.pace
    pace?.unread()
    return () => pace?.read(this.#clock.now())
  }

  /** A peer that owes us blocks sent something else instead. That is remembered; done again and again, it is banned. */
  lied(peer: PeerId): void {
    if ((this.#connected.get(peer)?.pace.outstanding ?? 0) === 0) return
    for (const watcher of [...this.#watchers]) watcher.peerLied(peer)
    this.#parts.trust.mismatched(peer)
  }
}
