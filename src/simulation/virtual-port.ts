import { assert, InvalidParametersError, NotStartedError, SendFailedError } from '../errors.ts'
import { type PeerId, toPeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import type {
  AbortOptions,
  MaybePromise,
  Network,
  NetworkEvents,
  PartialMessage,
  PeerFeatures,
  Provider
} from '../ports.ts'
import { type Core, Line } from './lane.ts'
import { type HostShape, toMicros } from './link-shape.ts'
import { type MicroClock, Uplink } from './uplink.ts'
import type { LinkEnd, VirtualLink } from './virtual-link.ts'
import type { Carried } from './wire.ts'

/** What a peer's port needs of the network it belongs to. */
export interface PortHost {
  readonly clock: MicroClock
  /** What this peer thinks with; undefined when that takes no time. */
  readonly core: Core | undefined
  connect(to: PeerId, signal?: AbortSignal): Promise<PeerId>
  disconnect(from: PeerId): void
  /** Closes every connection of the peer; it hears of none of them. */
  leave(): void
  carry(to: PeerId, message: Message): Carried
}

/** One peer's `Network` in the virtual network. */
export class VirtualPort implements Network, LinkEnd {
  readonly peer: PeerId
  readonly features: PeerFeatures
  readonly uplink: Uplink
  readonly downlink: Line | undefined
  readonly core: Core | undefined
  readonly egressMicros: number
  /** Bounded: one for each peer that it was ever connected to; the dead one goes when a new one comes. */
  readonly links = new Map<PeerId, VirtualLink>()
  readonly #host: PortHost
  #events: NetworkEvents | undefined

  constructor(
    peer: PeerId,
    features: PeerFeatures,
    shape: HostShape,
    host: PortHost,
    lines?: Pick<VirtualPort, 'uplink' | 'downlink'>
  ) {
    const { uploadBytesPerSecond, uploadBurstBytes, downloadBytesPerSecond } = shape
    this.peer = peer
    this.features = features
    this.uplink = lines?.uplink ?? new Uplink(host.clock, uploadBytesPerSecond, uploadBurstBytes)
    const downlink = downloadBytesPerSecond === undefined ? undefined : new Line(downloadBytesPerSecond)
    this.downlink = lines === undefined ? downlink : lines.downlink
    this.core = host.core
    this.egressMicros = toMicros(shape.egressLatencyMs ?? 0)
    this.#host = host
  }

  get isStarted(): boolean {
    return this.#events !== undefined
  }

  start(events: NetworkEvents): Promise<void> {
    assert(this.#events === undefined, 'the network was started before')
    this.#events = events
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.#host.leave()
    this.#events = undefined
    return Promise.resolve()
  }

  send(peer: PeerId, message: Message, options: AbortOptions = {}): Promise<number> {
    if (this.#events === undefined) return Promise.reject(new NotStartedError('the network is not running'))
    const pipe = this.linkTo(peer)?.pipeFrom(this.peer)
    if (pipe === undefined) return Promise.reject(new SendFailedError(`${peer} is not connected`))
    if (options.signal?.aborted === true) return pipe.send({ message, bytes: 0 }, options.signal)
    return pipe.send(this.#host.carry(peer, message), options.signal)
  }

  /** The living connection to a peer. */
  linkTo(peer: PeerId): VirtualLink | undefined {
    const link = this.links.get(peer)
    return link?.isAlive === true ? link : undefined
  }

  async connect(provider: Provider, options: AbortOptions = {}): Promise<PeerId> {
    if (this.#events === undefined) throw new NotStartedError('the network is not running')
    const peer = peerOfProvider(provider)
    if (peer === undefined)
      throw new InvalidParametersError('a provider needs a peer id, or an address that ends with one')
    return this.#host.connect(peer, options.signal)
  }

  latencyMs(peer: PeerId): number | undefined {
    return this.linkTo(peer)?.roundTripMs
  }

  expel(peer: PeerId): void {
    this.#host.disconnect(peer)
  }

  /** Would this peer be dealt with? */
  admits(peer: PeerId): boolean {
    return this.#events?.admits(peer) === true
  }

  connected(peer: PeerId, features: PeerFeatures): void {
    this.#events?.connected(peer, features)
  }

  disconnected(peer: PeerId): void {
    this.#events?.disconnected(peer)
  }

  received(peer: PeerId, message: Message): MaybePromise<void> {
    return this.#events?.received(peer, message)
  }

  receiving(peer: PeerId, part: PartialMessage): void {
    this.#events?.receiving?.(peer, part)
  }

  streamLost(peer: PeerId): void {
    this.#events?.streamLost(peer)
  }
}

/** The peer a provider names: by its id, or by the last `/p2p/` part of an address. */
function peerOfProvider(provider: Provider): PeerId | undefined {
  if (provider.peer !== undefined) return provider.peer
  for (const address of provider.addresses) {
    const at = address.lastIndexOf('/p2p/')
    if (at >= 0) return toPeerId(address.slice(at + '/p2p/'.length))
  }
  return undefined
}
