import type { PeerId } from '../../ids.ts'
import type { Message } from '../../message/message.ts'
import { passedOn } from '../../network/passed-on.ts'
import type { AbortOptions, MaybePromise, Network, NetworkEvents, Provider } from '../../ports.ts'
import type { WorldWatch } from './world-watch.ts'

/** One peer's network, with somebody looking on. What is sent and received, and when, stays as it is. */
export class WatchedNetwork implements Network {
  readonly #network: Network
  readonly #watch: WorldWatch
  readonly #peer: number
  readonly #numberOf: (peer: PeerId) => number

  constructor(network: Network, watch: WorldWatch, peer: number, numberOf: (peer: PeerId) => number) {
    this.#network = network
    this.#watch = watch
    this.#peer = peer
    this.#numberOf = numberOf
  }

  start(events: NetworkEvents): Promise<void> {
    return this.#network.start({
      ...passedOn(events),
      disconnected: (peer) => {
        this.#watch.disconnected(this.#peer, this.#numberOf(peer))
        events.disconnected(peer)
      },
      received: (peer, message) => this.#received(events, peer, message)
    })
  }

  stop(): Promise<void> {
    this.#watch.left(this.#peer)
    return this.#network.stop()
  }

  send(peer: PeerId, message: Message, options?: AbortOptions): Promise<number> {
    const left = this.#watch.sent(this.#peer, this.#numberOf(peer), message)
    const sending = this.#network.send(peer, message, options)
    if (left !== undefined) sending.then(left, left)
    return sending
  }

  connect(provider: Provider, options?: AbortOptions): Promise<PeerId> {
    return this.#network.connect(provider, options)
  }

  latencyMs(peer: PeerId): number | undefined {
    return this.#network.latencyMs(peer)
  }

  expel(peer: PeerId, reason: string): void {
    this.#network.expel(peer, reason)
  }

  #received(events: NetworkEvents, peer: PeerId, message: Message): MaybePromise<void> {
    this.#watch.received(this.#peer, this.#numberOf(peer), message)
    return events.received(peer, message)
  }
}
