import type { Libp2p } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { NotStartedError, SendFailedError } from '../../errors.ts'
import { toPeerId, type PeerId } from '../../ids.ts'
import type { Message } from '../../message/message.ts'
import { Libp2pNetwork } from '../../network/libp2p/libp2p-network.ts'
import { partsOfNode } from '../../network/libp2p/parts.ts'
import { libp2pDefaults } from '../../node/libp2p/libp2p-defaults.ts'
import type { AbortOptions, Logger, Network, NetworkEvents, PartialMessage, Provider, Random } from '../../ports.ts'
import { delay } from '../../simulation/delay.ts'
import { Line } from '../../simulation/lane.ts'
import { toMicros, type LinkShape } from '../../simulation/link-shape.ts'
import { Pipe } from '../../simulation/pipe.ts'
import { Uplink } from '../../simulation/uplink.ts'
import type { JoinOptions } from '../../simulation/virtual-network.ts'
import type { RealClock } from './real-clock.ts'

/** What a port needs of the world it belongs to. */
export interface LoopbackHost {
  readonly clock: RealClock
  readonly link: LinkShape
  readonly logger: Logger
  /** Said by a port whose node is there. */
  started(name: PeerId, node: PeerId): void
  nameOf(node: PeerId): PeerId | undefined
  portOf(name: PeerId): LoopbackPort | undefined
  find(provider: Provider): LoopbackPort
  randomOf(from: PeerId, to: PeerId): Random
  record(from: PeerId, to: PeerId, message: Message): number
}

/** How long it takes to find that a peer behind a NAT does not answer; as in virtual time. */
const DIAL_TIMEOUT_MS = 5_000

/** An uplink whose timer was late catches up this much, in seconds of its pace: otherwise each lateness would be lost. */
const CATCH_UP_SECONDS = 0.005

/**
 * One peer's `Network`: a libp2p node of its own, and in front of it the links of the scenario. What is sent first takes
 * its turn on the uplink, waits for its latency and passes the receiver's downlink, all in the very link model of virtual
 * time, run by the machine's clock; then libp2p carries it over loopback.
 */
export class LoopbackPort implements Network {
  readonly name: PeerId
  readonly isDialable: boolean
  /** Loopback is near: whether a peer counts as far away is up to the scenario. */
  readonly isRemote: boolean
  readonly uplink: Uplink
  readonly downlink: Line | undefined
  readonly egressMicros: number
  readonly #loopback: LoopbackHost
  /** Bounded: connected peers of this world. The way to each of them. */
  readonly #ways = new Map<PeerId, Pipe>()
  #node: Libp2p | undefined
  #inner: Libp2pNetwork | undefined
  #events: NetworkEvents | undefined

  constructor(name: PeerId, options: JoinOptions, loopback: LoopbackHost) {
    const { uploadBytesPerSecond: upload, downloadBytesPerSecond, egressLatencyMs = 0, dialable = true } = options
    this.name = name
    this.isDialable = dialable
    this.isRemote = options.features?.isRemote === true
    this.uplink = new Uplink(loopback.clock, upload, upload === undefined ? 0 : Math.floor(upload * CATCH_UP_SECONDS))
    this.downlink = downloadBytesPerSecond === undefined ? undefined : new Line(downloadBytesPerSecond)
    this.egressMicros = toMicros(egressLatencyMs)
    this.#loopback = loopback
  }

  /** Peers that know of each other have both a way to the other. */
  hasWayTo(name: PeerId): boolean {
    return this.#ways.has(name)
  }

  /** Bytes of messages that libp2p wrote for this peer. */
  get bytesWritten(): number {
    return this.#inner?.stat().bytesSent ?? 0
  }

  async start(events: NetworkEvents): Promise<void> {
    const { clock, logger } = this.#loopback
    this.#node = await createLibp2p(libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] }))
    this.#loopback.started(this.name, toPeerId(this.#node.peerId))
    this.#inner = new Libp2pNetwork({ libp2p: partsOfNode(this.#node), clock, logger })
    this.#events = events
    await this.#inner.start(this.#named(events))
  }

  async stop(): Promise<void> {
    this.#events = undefined
    for (const way of this.#ways.values()) way.close()
    this.#ways.clear()
    await this.#inner?.stop()
    await this.close()
  }

  /** Stops the node, in whatever state the exchange is. */
  async close(): Promise<void> {
    const node = this.#node
    this.#node = undefined
    await node?.stop()
  }

  async send(peer: PeerId, message: Message, { signal }: AbortOptions = {}): Promise<number> {
    if (this.#events === undefined) throw new NotStartedError('the network is not running')
    const way = this.#ways.get(peer)
    if (way === undefined) throw new SendFailedError(`${peer} is not connected`)
    signal?.throwIfAborted()
    return await way.send({ message, bytes: this.#loopback.record(this.name, peer, message) }, signal)
  }

  async connect(provider: Provider, options: AbortOptions = {}): Promise<PeerId> {
    const other = this.#loopback.find(provider)
    const { clock } = this.#loopback
    if (!other.isDialable && !this.hasWayTo(other.name)) {
      await delay(clock, DIAL_TIMEOUT_MS, options.signal)
      throw new SendFailedError(`cannot connect to ${other.name}: it cannot be dialled`)
    }
    await delay(clock, this.#roundTripMs(other), options.signal)
    if (this.#inner === undefined) throw new NotStartedError('the network is not running')
    await this.#inner.connect(other.provider(), options)
    return other.name
  }

  /** Where its node is. */
  provider(): Provider {
    if (this.#node === undefined) throw new SendFailedError(`cannot connect to ${this.name}: it is not running`)
    const addresses = this.#node.getMultiaddrs().map((address) => address.toString())
    return { peer: toPeerId(this.#node.peerId), addresses }
  }

  /** That of the link, and what libp2p measured of loopback and of the nodes' own slowness. */
  latencyMs(peer: PeerId): number | undefined {
    const other = this.#loopback.portOf(peer)
    if (other === undefined || !this.#ways.has(peer)) return undefined
    const node = other.nodeId
    return this.#roundTripMs(other) + ((node === undefined ? undefined : this.#inner?.latencyMs(node)) ?? 0)
  }

  expel(peer: PeerId, reason: string): void {
    const node = this.#loopback.portOf(peer)?.nodeId
    if (node !== undefined) this.#inner?.expel(node, reason)
  }

  get nodeId(): PeerId | undefined {
    return this.#node === undefined ? undefined : toPeerId(this.#node.peerId)
  }

  /** Of a message from `peer` that is long on its way, a part is here. */
  receiving(peer: PeerId, part: PartialMessage): void {
    this.#events?.receiving?.(peer, part)
  }

  /** The events of the node, with the names of this world; nodes of other worlds are kept out. */
  #named(events: NetworkEvents): NetworkEvents {
    const withName = <Result>(node: PeerId, tell: (peer: PeerId) => Result): Result | undefined => {
      const peer = this.#loopback.nameOf(node)
      return peer === undefined || this.#events === undefined ? undefined : tell(peer)
    }
    return {
      connected: (node, features) =>
        withName(node, (peer) => {
          this.#open(peer, node)
          events.connected(peer, { ...features, isRemote: this.#loopback.portOf(peer)?.isRemote === true })
        }),
      disconnected: (node) =>
        withName(node, (peer) => {
          this.#ways.get(peer)?.close()
          this.#ways.delete(peer)
          events.disconnected(peer)
        }),
      received: (node, message) => withName(node, (peer) => events.received(peer, message)),
      receiving: (node, part) => withName(node, (peer) => events.receiving?.(peer, part)),
      streamLost: (node) => withName(node, (peer) => events.streamLost(peer)),
      faulted: (node, count) => withName(node, (peer) => events.faulted(peer, count)),
      struck: (node, reason) => withName(node, (peer) => events.struck(peer, reason)),
      admits: (node) => withName(node, (peer) => events.admits(peer)) ?? false,
      worth: (node) => withName(node, (peer) => events.worth(peer)) ?? 0
    }
  }

  #open(peer: PeerId, node: PeerId): void {
    const other = this.#loopback.portOf(peer)
    const { clock, link } = this.#loopback
    const to = {
      peer,
      downlink: other?.downlink,
      core: undefined,
      egressMicros: other?.egressMicros ?? 0,
      received: (_from: PeerId, message: Message) => this.#carry(peer, node, message),
      receiving: (from: PeerId, part: PartialMessage) => other?.receiving(from, part)
    }
    const from = { peer: this.name, uplink: this.uplink, core: undefined, egressMicros: this.egressMicros }
    const draw = (): Random => this.#loopback.randomOf(this.name, peer)
    this.#ways.set(peer, new Pipe({ clock, from, to, draw }, link))
  }

  /** What has passed the link goes over libp2p. If it cannot, it is lost like anything on a broken stream. */
  async #carry(peer: PeerId, node: PeerId, message: Message): Promise<void> {
    try {
      await this.#inner?.send(node, message)
    } catch (error) {
      if (this.#events === undefined || !this.#ways.has(peer)) return
      this.#loopback.logger.warn('libp2p did not take a message', { peer, error })
      this.#events.streamLost(peer)
    }
  }

  #roundTripMs(other: LoopbackPort): number {
    return 2 * this.#loopback.link.latencyMs + (this.egressMicros + other.egressMicros) / 1_000
  }
}
