import type { PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import type { MaybePromise, NetworkEvents, PartialMessage, PeerFeatures } from '../ports.ts'

export type NetworkEvent =
  | { readonly type: 'connected'; readonly peer: PeerId; readonly features: PeerFeatures }
  | { readonly type: 'disconnected'; readonly peer: PeerId }
  | { readonly type: 'received'; readonly peer: PeerId; readonly message: Message }
  | { readonly type: 'receiving'; readonly peer: PeerId; readonly part: PartialMessage }
  | { readonly type: 'streamLost'; readonly peer: PeerId }
  | { readonly type: 'faulted'; readonly peer: PeerId; readonly count: number }
  | { readonly type: 'struck'; readonly peer: PeerId; readonly reason: string }

/** Keeps what a network tells, and lets a test wait for it. */
export class RecordedEvents implements NetworkEvents {
  /** Bounded: by the test that reads it. */
  readonly seen: NetworkEvent[] = []
  /** Bounded: by the test. Peers that are not to be dealt with. */
  readonly refused = new Set<PeerId>()
  /** What `received` returns, so that a test can be slow to deal with a message. */
  onReceived: (peer: PeerId, message: Message) => MaybePromise<void> = () => undefined
  /** Bounded: by the waits of the test. */
  #waits: { readonly isMet: () => boolean; readonly resolve: () => void }[] = []

  connected(peer: PeerId, features: PeerFeatures): void {
    this.#record({ type: 'connected', peer, features })
  }

  disconnected(peer: PeerId): void {
    this.#record({ type: 'disconnected', peer })
  }

  received(peer: PeerId, message: Message): MaybePromise<void> {
    this.#record({ type: 'received', peer, message })
    return this.onReceived(peer, message)
  }

  receiving(peer: PeerId, part: PartialMessage): void {
    this.#record({ type: 'receiving', peer, part })
  }

  streamLost(peer: PeerId): void {
    this.#record({ type: 'streamLost', peer })
  }

  faulted(peer: PeerId, count: number): void {
    this.#record({ type: 'faulted', peer, count })
  }

  struck(peer: PeerId, reason: string): void {
    this.#record({ type: 'struck', peer, reason })
  }

  admits(peer: PeerId): boolean {
    return !this.refused.has(peer)
  }

  worth(): number {
    return 0
  }

  /** The messages received from `peer`, in order. */
  messages(peer: PeerId): Message[] {
    return this.seen.flatMap((event) => (event.type === 'received' && event.peer === peer ? [event.message] : []))
  }

  /** The types of all events of `peer`, in order. */
  types(peer: PeerId): NetworkEvent['type'][] {
    return this.seen.filter((event) => event.peer === peer).map((event) => event.type)
  }

  count(type: NetworkEvent['type'], peer: PeerId): number {
    return this.types(peer).filter((seen) => seen === type).length
  }

  /** Resolves when `count` events of a type have come from `peer`, counted from the beginning. */
  async atLeast(count: number, type: NetworkEvent['type'], peer: PeerId): Promise<void> {
    const isMet = (): boolean => this.count(type, peer) >= count
    if (!isMet()) await new Promise<void>((resolve) => this.#waits.push({ isMet, resolve }))
  }

  #record(event: NetworkEvent): void {
    this.seen.push(event)
    const met = this.#waits.filter((wait) => wait.isMet())
    this.#waits = this.#waits.filter((wait) => !met.includes(wait))
    for (const wait of met) wait.resolve()
  }
}
