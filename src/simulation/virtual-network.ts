import { assert, SendFailedError } from '../errors.ts'
import type { PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import type { Network, PeerFeatures } from '../ports.ts'
import { delay } from './delay.ts'
import type { EventLog } from './event-log.ts'
import { type Distribution, drawMicros } from './distribution.ts'
import { Core } from './lane.ts'
import { type CpuShape, DEFAULT_LINK, type HostShape, type LinkShape } from './link-shape.ts'
import type { Pipe } from './pipe.ts'
import { SeededRandom } from './seeded-random.ts'
import type { Traffic } from './traffic.ts'
import type { Uplink } from './uplink.ts'
import type { VirtualClock } from './virtual-clock.ts'
import { type LinkParts, VirtualLink } from './virtual-link.ts'
import { VirtualPort } from './virtual-port.ts'
import { byReference, type Carried, type Wire } from './wire.ts'

export interface VirtualNetworkOptions {
  /** Every connection's shape until `shapeLink` says otherwise. The default: 10 ms one way, no limit of pace, 1 MiB. */
  readonly link?: Partial<LinkShape>
  /** What is different about the connection of two peers: of a peer far away, or in another region. */
  readonly linkOf?: (from: PeerId, to: PeerId) => Partial<LinkShape>
  /** How messages cross: `byReference` (default, fast) or `throughCodec` (every byte written and read). */
  readonly wire?: Wire
  /** Messages kept in `log`, the newest; 0 for none. */
  readonly maxLog?: number
  /** Told of every message that goes into `log`, however short that is kept. */
  readonly events?: EventLog
  /** Of what is drawn by lot: jitter, loss and the time that dialling takes. Each way of a link has a stream of its own. */
  readonly random?: SeededRandom
  /** One core that all peers share, as processes on one machine do; instead of one for each. */
  readonly sharedCpu?: CpuShape
  /** What dialling takes beside the round trip. */
  readonly dial?: Distribution
  /** How long it takes to find that nobody answers. The default: 5 s. */
  readonly dialTimeoutMs?: number
}

export interface JoinOptions extends HostShape {
  /** What the others are told this peer understands. */
  readonly features?: PeerFeatures
  /** False: it cannot be dialled, as behind a NAT; it can dial others. */
  readonly dialable?: boolean
  /** A peer that joined before, of which this is another name: the two share one uplink and one downlink. */
  readonly linesOf?: PeerId
}

const DEFAULT_DIAL_TIMEOUT_MS = 5_000
const DEFAULT_MAX_LOG = 100_000

/**
 * A network in virtual time: peers join it and get a `Network` port each; the owner of the hub shapes links and breaks
 * them. It behaves as `ports.ts` says of every network, and like a wire in everything else: what was sent may be lost
 * when a connection goes, and a slow reader slows its sender down.
 */
export class VirtualNetwork {
  readonly #clock: VirtualClock
  readonly #linkParts: LinkParts
  readonly #wire: Wire
  readonly #random: SeededRandom
  readonly #sharedCore: Core | undefined
  readonly #dialRandom: SeededRandom
  readonly #dial: Distribution | undefined
  readonly #dialTimeoutMs: number
  readonly #defaultLink: LinkShape
  readonly #linkOf: VirtualNetworkOptions['linkOf']
  readonly #maxLog: number
  readonly #events: EventLog | undefined
  /** Bounded: by the peers that joined. */
  readonly #ports = new Map<PeerId, VirtualPort>()
  /** Bounded: by the peers that joined. Those that cannot be dialled. */
  readonly #undialable = new Set<PeerId>()
  /** Bounded: one for each pair of peers whose link was shaped. */
  readonly #shapes = new Map<string, LinkShape>()
  /** Bounded: by `maxLog` and a quarter more; the oldest go first. */
  readonly #log: Traffic[] = []
  /** Bounded: by the peers; which side of a partition each is on. */
  #partition: ReadonlyMap<PeerId, number> = new Map()

  constructor(clock: VirtualClock, options: VirtualNetworkOptions = {}) {
    this.#clock = clock
    this.#random = options.random ?? new SeededRandom(0, 'network')
    const draw = (from: PeerId, to: PeerId): SeededRandom => this.#random.stream(`link ${from} ${to}`)
    this.#linkParts = { clock, draw }
    this.#dialRandom = this.#random.stream('dial')
    this.#sharedCore = options.sharedCpu === undefined ? undefined : new Core(options.sharedCpu)
    this.#dial = options.dial
    this.#dialTimeoutMs = options.dialTimeoutMs ?? DEFAULT_DIAL_TIMEOUT_MS
    this.#wire = options.wire ?? byReference
    this.#defaultLink = { ...DEFAULT_LINK, ...options.link }
    this.#linkOf = options.linkOf
    this.#maxLog = options.maxLog ?? DEFAULT_MAX_LOG
    this.#events = options.events
  }

  /** Every message handed to the network and able to leave, oldest first. */
  get log(): readonly Traffic[] {
    return this.#log
  }

  /** A peer of this network. It can be connected to once its port was started. */
  join(peer: PeerId, options: JoinOptions = {}): Network {
    assert(!this.#ports.has(peer), `${peer} has joined before`)
    const host = {
      clock: this.#clock,
      core: this.#sharedCore ?? (options.cpu === undefined ? undefined : new Core(options.cpu)),
      connect: (to: PeerId, signal?: AbortSignal) => this.#connect(peer, to, signal),
      disconnect: (from: PeerId) => this.disconnect(peer, from),
      leave: () => this.#leave(peer),
      carry: (to: PeerId, message: Message) => this.#carry(peer, to, message)
    }
    const features = options.features ?? { presences: true }
    const lines = options.linesOf === undefined ? undefined : this.#ports.get(options.linesOf)
    const port = new VirtualPort(peer, features, options, host, lines)
    this.#ports.set(peer, port)
    if (options.dialable === false) this.#undialable.add(peer)
    return port
  }

  /** What a peer shares between its connections, to be measured; undefined for one that never joined. */
  hostOf(peer: PeerId): { readonly uplink: Uplink; readonly core: Core | undefined } | undefined {
    return this.#ports.get(peer)
  }

  isConnected(a: PeerId, b: PeerId): boolean {
    const link = this.#link(a, b)
    return link?.pipeFrom(a) !== undefined && link.pipeFrom(b) !== undefined
  }

  /** Bytes that `from` sent and `to` has not read. */
  bytesUnderWay(from: PeerId, to: PeerId): number {
    return this.#link(from, to)?.pipeFrom(from)?.bytesUnderWay ?? 0
  }

  /** Gives the link of two peers another shape, now and for later connections. */
  shapeLink(a: PeerId, b: PeerId, shape: Partial<LinkShape>): void {
    const whole = { ...this.#shape(a, b), ...shape }
    this.#shapes.set(pairKey(a, b), whole)
    this.#link(a, b)?.reshape(whole)
  }

  /** `a` closes its connection to `b`; what it sent before still arrives. */
  disconnect(a: PeerId, b: PeerId): void {
    this.#link(a, b)?.close(a)
  }

  /** Cuts the connection: what is under way is lost, and both are told. */
  cut(a: PeerId, b: PeerId): void {
    this.#link(a, b)?.cut()
  }

  /** Cuts every connection between peers of different groups, and lets none be made until `heal`. */
  partition(...groups: readonly (readonly PeerId[])[]): void {
    this.#partition = new Map(groups.flatMap((group, index) => group.map((peer) => [peer, index] as const)))
    for (const a of this.#ports.keys()) {
      for (const b of this.#ports.keys()) if (a < b && this.#isApart(a, b)) this.cut(a, b)
    }
  }

  /** Lets every two peers connect again; nobody is connected by it. */
  heal(): void {
    this.#partition = new Map()
  }

  /** The stream that carries what `from` sends to `to` breaks, with everything on it; the connection stays. */
  breakStream(from: PeerId, to: PeerId): void {
    this.#link(from, to)?.breakStream(from)
  }

  /** `to` stops reading what `from` sends: nothing is delivered, and no `send` resolves, until `resume`. */
  stall(from: PeerId, to: PeerId): void {
    this.#pipe(from, to).stall()
  }

  resume(from: PeerId, to: PeerId): void {
    this.#pipe(from, to).resume()
  }

  /** The next `count` messages from `from` to `to` vanish, though their sends resolve: a peer that does not answer. */
  dropNext(from: PeerId, to: PeerId, count = 1): void {
    this.#pipe(from, to).dropNext(count)
  }

  async #connect(from: PeerId, to: PeerId, signal?: AbortSignal): Promise<PeerId> {
    const isConnected = this.isConnected(from, to)
    if (!isConnected && this.#undialable.has(to)) {
      await delay(this.#clock, this.#dialTimeoutMs, signal)
      throw new SendFailedError(`cannot connect to ${to}: it cannot be dialled`)
    }
    const dialMs = this.#dial === undefined || isConnected ? 0 : drawMicros(this.#dial, this.#dialRandom) / 1_000
    await delay(this.#clock, dialMs + this.#roundTripMs(from, to), signal)
    const why = this.#tryConnect(from, to)
    if (why !== undefined) throw new SendFailedError(`cannot connect to ${to}: ${why}`)
    return to
  }

  /** Connects two peers unless they are; returns why not. */
  #tryConnect(from: PeerId, to: PeerId): string | undefined {
    const ends = [this.#startedEnd(from), this.#startedEnd(to)] as const
    if (from === to) return 'it is this peer'
    if (ends[0] === undefined || ends[1] === undefined) return 'it is not running'
    if (this.#isApart(from, to)) return 'it is out of reach'
    if (!ends[0].admits(to) || !ends[1].admits(from)) return 'one of the two refuses the other'
    if (this.isConnected(from, to)) return undefined
    this.#link(from, to)?.finish()
    const link = new VirtualLink(this.#linkParts, this.#shape(from, to), ends[0], ends[1])
    ends[0].links.set(to, link)
    ends[1].links.set(from, link)
    link.open()
    return undefined
  }

  #roundTripMs(a: PeerId, b: PeerId): number {
    const egress = (this.#ports.get(a)?.egressMicros ?? 0) + (this.#ports.get(b)?.egressMicros ?? 0)
    return 2 * this.#shape(a, b).latencyMs + egress / 1_000
  }

  #leave(peer: PeerId): void {
    for (const link of this.#ports.get(peer)?.links.values() ?? []) if (link.isAlive) link.forget(peer)
  }

  #carry(from: PeerId, to: PeerId, message: Message): Carried {
    const carried = this.#wire(message)
    this.#events?.record(this.#clock.nowMicros, from, to, message, carried.bytes)
    if (this.#maxLog === 0) return carried
    this.#log.push({ atMs: this.#clock.now(), from, to, bytes: carried.bytes, message })
    // Dropped a quarter at a time: to drop one, all that follow have to be moved.
    if (this.#log.length > this.#maxLog * 1.25) this.#log.splice(0, this.#log.length - this.#maxLog)
    return carried
  }

  #startedEnd(peer: PeerId): VirtualPort | undefined {
    const port = this.#ports.get(peer)
    return port?.isStarted === true ? port : undefined
  }

  #isApart(a: PeerId, b: PeerId): boolean {
    return this.#partition.size > 0 && this.#partition.get(a) !== this.#partition.get(b)
  }

  #link(a: PeerId, b: PeerId): VirtualLink | undefined {
    return this.#ports.get(a)?.linkTo(b)
  }

  #pipe(from: PeerId, to: PeerId): Pipe {
    const pipe = this.#link(from, to)?.pipeFrom(from)
    assert(pipe !== undefined, `${from} and ${to} are not connected`)
    return pipe
  }

  #shape(a: PeerId, b: PeerId): LinkShape {
    const shaped = this.#shapes.size === 0 ? undefined : this.#shapes.get(pairKey(a, b))
    if (shaped !== undefined) return shaped
    return this.#linkOf === undefined ? this.#defaultLink : { ...this.#defaultLink, ...this.#linkOf(a, b) }
  }
}

function pairKey(a: PeerId, b: PeerId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
