import type { PeerId } from '../../ids.ts'
import type { Message } from '../../message/message.ts'
import { passedOn } from '../../network/passed-on.ts'
import type { AbortOptions, Clock, Network, NetworkEvents, PeerFeatures, Provider, Timer } from '../../ports.ts'
import type { Adversary, Identity } from './adversary.ts'
import { withoutWants } from './tampered-network.ts'

/** Asked for blocks, and given none for so long, a partner gets to know somebody new. */
export const WHITEWASH_PATIENCE_MS = 10_000
/** New names of one adversary. */
export const MAX_WHITEWASH_NAMES = 100

/** What one partner is dealt with under. */
interface Face {
  network: Network
  features: PeerFeatures
  /** What was asked for, and neither answered nor taken back; about right is enough. */
  asked: number
  /** When it was last given something, or began to wait. */
  since: number
  timer: Timer | undefined
}

/** Deals with each partner under one name until that serves it too little, and then under a new one. It serves nobody. */
class WhitewashNetwork implements Network {
  readonly #first: Network
  readonly #join: () => Identity
  readonly #clock: Clock
  /** Bounded: connected peers. */
  readonly #faces = new Map<PeerId, Face>()
  /** Bounded: by MAX_WHITEWASH_NAMES. */
  readonly #others: Network[] = []
  #events: NetworkEvents | undefined

  constructor(first: Network, join: () => Identity, clock: Clock) {
    this.#first = first
    this.#join = join
    this.#clock = clock
  }

  start(events: NetworkEvents): Promise<void> {
    this.#events = events
    return this.#first.start({
      ...this.#eventsFor(this.#first, events),
      connected: (peer, features) => {
        // Who dials the first name while it deals with us under another gains nothing by it.
        if (!this.#faces.has(peer)) this.#meet(peer, this.#first, features, events)
      }
    })
  }

  async stop(): Promise<void> {
    for (const { timer } of this.#faces.values()) timer?.cancel()
    this.#faces.clear()
    for (const network of [this.#first, ...this.#others]) await network.stop()
  }

  send(peer: PeerId, message: Message, options?: AbortOptions): Promise<number> {
    const face = this.#faces.get(peer)
    if (face === undefined) return this.#first.send(peer, message, options)
    if (face.asked === 0) face.since = this.#clock.now()
    face.asked = Math.max(0, face.asked + message.wants.length - message.cancels.length)
    return face.network.send(peer, message, options)
  }

  connect(provider: Provider, options?: AbortOptions): Promise<PeerId> {
    const { peer } = provider
    if (peer !== undefined && this.#faces.has(peer)) return Promise.resolve(peer)
    return this.#first.connect(provider, options)
  }

  latencyMs(peer: PeerId): number | undefined {
    return this.#faces.get(peer)?.network.latencyMs(peer)
  }

  expel(peer: PeerId, reason: string): void {
    this.#faces.get(peer)?.network.expel(peer, reason)
  }

  #meet(peer: PeerId, network: Network, features: PeerFeatures, events: NetworkEvents): void {
    const face: Face = { network, features, asked: 0, since: this.#clock.now(), timer: undefined }
    this.#faces.set(peer, face)
    events.connected(peer, features)
    this.#watch(peer, face)
  }

  #watch(peer: PeerId, face: Face): void {
    const waited = (): number => (face.asked > 0 ? this.#clock.now() - face.since : 0)
    face.timer = this.#clock.setTimer(Math.max(1, WHITEWASH_PATIENCE_MS - waited()), () => {
      const isRefused = waited() >= WHITEWASH_PATIENCE_MS
      if (isRefused && this.#others.length < MAX_WHITEWASH_NAMES) void this.#change(peer, face)
      else this.#watch(peer, face)
    })
  }

  /** Comes back as somebody else. Where the partner cannot be connected to, the old name has to do. */
  async #change(peer: PeerId, old: Face): Promise<void> {
    const { network } = this.#join()
    const events = this.#events
    if (events === undefined) return
    this.#others.push(network)
    let features = old.features
    await network.start({ ...this.#eventsFor(network, events), connected: (_peer, told) => void (features = told) })
    const isThere = await network.connect({ peer, addresses: [] }).then(
      () => true,
      () => false
    )
    if (this.#faces.get(peer) !== old) {
      await network.stop()
    } else if (isThere) {
      this.#faces.delete(peer)
      events.disconnected(peer)
      old.network.expel(peer, 'we know each other too well')
      this.#meet(peer, network, features, events)
    } else {
      this.#watch(peer, old)
    }
  }

  /** What happens under a name counts while the partner is dealt with under it. */
  #eventsFor(network: Network, events: NetworkEvents): NetworkEvents {
    const isFace = (peer: PeerId): boolean => this.#faces.get(peer)?.network === network
    return {
      ...passedOn(events),
      disconnected: (peer) => {
        if (!isFace(peer)) return
        this.#faces.get(peer)?.timer?.cancel()
        this.#faces.delete(peer)
        events.disconnected(peer)
      },
      received: (peer, message) => {
        const face = this.#faces.get(peer)
        if (face?.network !== network) return undefined
        face.asked = Math.max(0, face.asked - message.blocks.length - message.presences.length)
        if (message.blocks.length > 0) face.since = this.#clock.now()
        return events.received(peer, withoutWants(message))
      },
      streamLost: (peer) => isFace(peer) && events.streamLost(peer)
    }
  }
}

export const whitewash: Adversary = {
  name: 'whitewash',
  about: 'a free-rider that comes back under a new name when it is refused, or waited too long',
  source: 'Feldman, Papadimitriou, Chuang and Stoica, Free-riding and whitewashing, PINS 2004',
  serves: false,
  corrupt: (parts, { join, clock }) => ({ ...parts, network: new WhitewashNetwork(parts.network, join, clock) })
}
