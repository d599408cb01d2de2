import type { CidKey, PeerId } from '../../ids.ts'
import type { Message } from '../../message/message.ts'
import { passedOn } from '../../network/passed-on.ts'
import type { AbortOptions, Network, NetworkEvents, PeerFeatures, Provider } from '../../ports.ts'
import type { Adversary } from './adversary.ts'
import { withoutWants } from './tampered-network.ts'

/** Identities of one adversary, its first one among them. */
export const SYBIL_IDENTITIES = 4

/**
 * One peer under many names. Each of its partners is connected to by all of them, and each name wants its part of the
 * blocks, so that the partner sees as many peers, each with the share and the credit of one. It serves nobody.
 */
class SybilNetwork implements Network {
  readonly #names: readonly Network[]
  /** Bounded: connected peers, with the names that are connected to each, in their order. */
  readonly #open = new Map<PeerId, Set<Network>>()
  /** Bounded: connected peers. Those whom the exchange knows of: when all names have tried. */
  readonly #announced = new Set<PeerId>()

  constructor(names: readonly Network[]) {
    this.#names = names
  }

  async start(events: NetworkEvents): Promise<void> {
    for (const name of this.#names) {
      await name.start({
        ...passedOn(events),
        connected: (peer, features) => this.#connected(name, peer, features, events),
        disconnected: (peer) => this.#disconnected(name, peer, events),
        received: (peer, message) => {
          return this.#announced.has(peer) ? events.received(peer, withoutWants(message)) : undefined
        },
        streamLost: (peer) => this.#announced.has(peer) && events.streamLost(peer)
      })
    }
  }

  async stop(): Promise<void> {
    for (const name of this.#names) await name.stop()
  }

  async send(peer: PeerId, message: Message, options?: AbortOptions): Promise<number> {
    const names = [...(this.#open.get(peer) ?? this.#names.slice(0, 1))]
    const sent = names.map((name, place) => {
      const part = partOf(message, place, names.length)
      return part === undefined ? Promise.resolve(0) : name.send(peer, part, options)
    })
    const bytes = await Promise.all(sent)
    return bytes.reduce((sum, one) => sum + one, 0)
  }

  connect(provider: Provider, options?: AbortOptions): Promise<PeerId> {
    return this.#first.connect(provider, options)
  }

  latencyMs(peer: PeerId): number | undefined {
    for (const name of this.#open.get(peer) ?? []) return name.latencyMs(peer)
    return undefined
  }

  expel(peer: PeerId, reason: string): void {
    for (const name of this.#open.get(peer) ?? []) name.expel(peer, reason)
  }

  get #first(): Network {
    const [first] = this.#names
    if (first === undefined) throw new Error('an adversary without a name')
    return first
  }

  #connected(name: Network, peer: PeerId, features: PeerFeatures, events: NetworkEvents): void {
    const open = this.#open.get(peer)
    if (open !== undefined) {
      open.add(name)
      return
    }
    this.#open.set(peer, new Set([name]))
    const others = this.#names.filter((other) => other !== name)
    void Promise.allSettled(others.map((other) => other.connect({ peer, addresses: [] }))).then(() => {
      if (!this.#open.has(peer)) return
      this.#announced.add(peer)
      events.connected(peer, features)
    })
  }

  #disconnected(name: Network, peer: PeerId, events: NetworkEvents): void {
    const open = this.#open.get(peer)
    open?.delete(name)
    if (open === undefined || open.size > 0) {
      // The wants of this name have to be told anew, by the others.
      if (this.#announced.has(peer)) events.streamLost(peer)
      return
    }
    this.#open.delete(peer)
    if (this.#announced.delete(peer)) events.disconnected(peer)
  }
}

/** What one of so many names says of a message; undefined: nothing. What is not about single blocks, the first one says. */
function partOf(message: Message, place: number, names: number): Message | undefined {
  if (names === 1) return message
  const isMine = ({ key }: { readonly key: CidKey }): boolean => shareOf(key, names) === place
  const wants = message.wants.filter(isMine)
  const cancels = message.cancels.filter(isMine)
  if (place === 0) return { ...message, wants, cancels }
  if (wants.length + cancels.length === 0 && !message.full) return undefined
  return { ...message, wants, cancels, presences: [], blocks: [], pendingBytes: 0 }
}

/** The same name for the same block, always. Keys are digests, or end with them. */
function shareOf(key: CidKey, names: number): number {
  let hash = 0
  for (let place = Math.max(0, key.length - 8); place < key.length; place++)
    hash = (hash * 31 + key.charCodeAt(place)) | 0
  return Math.abs(hash) % names
}

export const sybil: Adversary = {
  name: 'sybil',
  about: `a free-rider under ${SYBIL_IDENTITIES} names, on one uplink and downlink, that each want a part of its blocks`,
  source: 'Douceur, The Sybil attack, IPTPS 2002',
  serves: false,
  corrupt: (parts, { join }) => {
    const others = Array.from({ length: SYBIL_IDENTITIES - 1 }, () => join().network)
    return { ...parts, network: new SybilNetwork([parts.network, ...others]) }
  }
}
