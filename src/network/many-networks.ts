import type { PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import type { AbortOptions, Network, NetworkEvents, Provider } from '../ports.ts'
import { passedOn } from './passed-on.ts'

/** A network beside the main one, with peers of its own. */
export interface SideNetwork extends Network {
  /** Is there an address among these that it can use? */
  takes(provider: Provider): boolean
}

/** Several networks as one: each peer belongs to one of them, and a session need not know to which. */
export class ManyNetworks implements Network {
  readonly #main: Network
  readonly #sides: readonly SideNetwork[]
  /** Peers of the networks on the side. Bounded: connected peers. */
  readonly #homes = new Map<PeerId, SideNetwork>()

  constructor(main: Network, sides: readonly SideNetwork[]) {
    this.#main = main
    this.#sides = sides
  }

  async start(events: NetworkEvents): Promise<void> {
    for (const side of this.#sides) await side.start(this.#watched(side, events))
    await this.#main.start(events)
  }

  async stop(): Promise<void> {
    const ends = await Promise.allSettled([this.#main, ...this.#sides].map((network) => network.stop()))
    this.#homes.clear()
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  send(peer: PeerId, message: Message, options?: AbortOptions): Promise<number> {
    return this.#homeOf(peer).send(peer, message, options)
  }

  /** The networks on the side go first, with all addresses; the main one gets those that none of them can use. */
  async connect(provider: Provider, options?: AbortOptions): Promise<PeerId> {
    let failure: unknown
    for (const side of this.#sides) {
      if (!side.takes(provider)) continue
      try {
        return await side.connect(provider, options)
      } catch (error) {
        options?.signal?.throwIfAborted()
        failure ??= error
      }
    }
    if (failure === undefined) return await this.#main.connect(provider, options)
    const isTaken = (address: string): boolean => this.#sides.some((side) => side.takes({ addresses: [address] }))
    const addresses = provider.addresses.filter((address) => !isTaken(address))
    if (addresses.length === 0) throw failure
    return await this.#main.connect({ ...provider, addresses }, options)
  }

  latencyMs(peer: PeerId): number | undefined {
    return this.#homeOf(peer).latencyMs(peer)
  }

  expel(peer: PeerId, reason: string): void {
    this.#homeOf(peer).expel(peer, reason)
  }

  #homeOf(peer: PeerId): Network {
    return this.#homes.get(peer) ?? this.#main
  }

  #watched(side: SideNetwork, events: NetworkEvents): NetworkEvents {
    return {
      ...passedOn(events),
      connected: (peer, features) => {
        this.#homes.set(peer, side)
        events.connected(peer, features)
      },
      disconnected: (peer) => {
        this.#homes.delete(peer)
        events.disconnected(peer)
      }
    }
  }
}
