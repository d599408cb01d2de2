/** Real libp2p nodes on loopback, and an end of the network that remembers what it was told. */
import type { Libp2p } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { onTestFinished } from 'vitest'
import { type PeerId, toPeerId } from '../../../src/ids.ts'
import type { Message } from '../../../src/message/message.ts'
import { Libp2pNetwork } from '../../../src/network/libp2p/libp2p-network.ts'
import type { Libp2pNetworkOptions } from '../../../src/network/libp2p/network-options.ts'
import { partsOfNode } from '../../../src/network/libp2p/parts.ts'
import { type Libp2pDefaultsOptions, libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'
import { systemClock } from '../../../src/node/system-clock.ts'
import type { Clock, MaybePromise, NetworkEvents, PartialMessage, PeerFeatures } from '../../../src/ports.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

export type Seen =
  | { readonly type: 'connected'; readonly peer: PeerId; readonly features: PeerFeatures }
  | { readonly type: 'disconnected' | 'lost'; readonly peer: PeerId }
  | { readonly type: 'struck'; readonly peer: PeerId; readonly reason: string }
  | { readonly type: 'faulted'; readonly peer: PeerId; readonly count: number }
  | { readonly type: 'receiving'; readonly peer: PeerId; readonly part: PartialMessage }
  | { readonly type: 'received'; readonly peer: PeerId; readonly message: Message }

/** Remembers every event in order; `until` waits for one. */
export class Witness implements NetworkEvents {
  readonly seen: Seen[] = []
  /** Peers that are not to be dealt with. */
  readonly refused = new Set<PeerId>()
  /** What connections are worth. */
  readonly worths = new Map<PeerId, number>()
  /** What `received` answers; a promise keeps the message unread. */
  onReceived: (peer: PeerId, message: Message) => MaybePromise<void> = () => undefined
  #waiting: (() => void)[] = []

  connected(peer: PeerId, features: PeerFeatures): void {
    this.#note({ type: 'connected', peer, features })
  }

  disconnected(peer: PeerId): void {
    this.#note({ type: 'disconnected', peer })
  }

  received(peer: PeerId, message: Message): MaybePromise<void> {
    const answer = this.onReceived(peer, message)
    this.#note({ type: 'received', peer, message })
    return answer
  }

  receiving(peer: PeerId, part: PartialMessage): void {
    this.#note({ type: 'receiving', peer, part })
  }

  streamLost(peer: PeerId): void {
    this.#note({ type: 'lost', peer })
  }

  struck(peer: PeerId, reason: string): void {
    this.#note({ type: 'struck', peer, reason })
  }

  admits(peer: PeerId): boolean {
    return !this.refused.has(peer)
  }

  worth(peer: PeerId): number {
    return this.worths.get(peer) ?? 0
  }

  faulted(peer: PeerId, count: number): void {
    this.#note({ type: 'faulted', peer, count })
  }

  /** The n-th event of a type, when it comes. */
  async until<T extends Seen['type']>(type: T, count = 1): Promise<Extract<Seen, { type: T }>> {
    for (;;) {
      const found = this.all(type)[count - 1]
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  all<T extends Seen['type']>(type: T): Extract<Seen, { type: T }>[] {
    return this.seen.filter((event): event is Extract<Seen, { type: T }> => event.type === type)
  }

  #note(event: Seen): void {
    this.seen.push(event)
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

/** A node without bitswap, stopped at the end of the test. */
export async function startNode(options: Libp2pDefaultsOptions = {}): Promise<Libp2p> {
  const node = await createLibp2p(libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'], ...options }))
  onTestFinished(() => node.stop())
  return node
}

export interface TestPeer {
  readonly node: Libp2p
  readonly id: PeerId
  readonly network: Libp2pNetwork
  readonly witness: Witness
  readonly logger: RecordingLogger
}

export interface TestPeerOptions {
  readonly node?: Libp2p
  readonly clock?: Clock
  readonly network?: Partial<Libp2pNetworkOptions>
}

/** A node whose network is started. */
export async function startPeer(options: TestPeerOptions = {}): Promise<TestPeer> {
  const node = options.node ?? (await startNode())
  const logger = new RecordingLogger()
  const network = new Libp2pNetwork(
    { libp2p: partsOfNode(node), clock: options.clock ?? systemClock, logger },
    options.network
  )
  const witness = new Witness()
  await network.start(witness)
  onTestFinished(() => network.stop())
  return { node, id: toPeerId(node.peerId), network, witness, logger }
}

export function addressesOf(node: Libp2p): string[] {
  return node.getMultiaddrs().map((address) => address.toString())
}

/** Two peers that know of each other. */
export async function startPair(
  a: TestPeerOptions = {},
  b: TestPeerOptions = {}
): Promise<readonly [TestPeer, TestPeer]> {
  const pair = [await startPeer(a), await startPeer(b)] as const
  await pair[0].network.connect({ addresses: addressesOf(pair[1].node) })
  await pair[1].witness.until('connected')
  return pair
}

/** Lets sockets run until a figure has stood still for many turns of the event loop. */
export async function standstill(figure: () => number): Promise<void> {
  let last = figure()
  for (let turns = 0; turns < 200; turns++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (figure() !== last) turns = 0
    last = figure()
  }
}
