import { assert, SendFailedError } from '../errors.ts'
import type { PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import type { Clock, Network, PeerFeatures } from '../ports.ts'
import { delay } from './delay.ts'
import type { EventLog } from './event-log.ts'
import type { LinkShape, Pipe } from './pipe.ts'
import type { Traffic } from './traffic.ts'
import { VirtualLink } from './virtual-link.ts'
import { VirtualPort } from './virtual-port.ts'
import { byReference, type Carried, type Wire } from './wire.ts'

export interface VirtualNetworkOptions {
  /** Every connection's shape until `shapeLink` says otherwise. The default: 10 ms one way, no limit of pace, 1 MiB. */
  readonly link?: Partial<LinkShape>
  /** How messages cross: `byReference` (default, fast) or `throughCodec` (every byte written and read). */
  readonly wire?: Wire
  /** Messages kept in `log`, the newest; 0 for none. */
  readonly maxLog?: number
  /** Told of every message that goes into `log`, however short that is kept. */
  readonly events?: EventLog
}

export interface JoinOptions {
  /** What the others are told this peer understands. */
  readonly features?: PeerFeatures
  /** What all connections of this peer may send together; no limit when undefined. */
  readonly uploadBytesPerSecond?: number
}

const DEFAULT_LINK: LinkShape = { latencyMs: 10, windowBytes: 1024 * 1024 }
const DEFAULT_MAX_LOG = 100_000

/**
 * A network in virtual time: peers join it and get a `Network` port each; the owner of the hub shapes links and breaks
 * them. It behaves as `ports.ts` says of every network, and like a wire in everything else: what was sent may be lost
 * when a connection goes, and a slow reader slows its sender down.
 */
export class VirtualNetwork {
  readonly #clock: Clock
  readonly #wire: Wire
  readonly #defaultLink: LinkShape
  readonly #maxLog: number
  readonly #events: EventLog | undefined
  /** Bounded: by the peers that joined. */
  readonly #ports = new Map<PeerId, VirtualPort>()
  /** Bounded: one for each pair of peers that was ever connected; the dead one goes when a new one comes. */
  readonly #links = new Map<string, VirtualLink>()
  /** Bounded: one for each pair of peers whose link was shaped. */
  readonly #shapes = new Map<string, LinkShape>()
  /** Bounded: by `maxLog` and a quarter more; the oldest go first. */
  readonly #log: Traffic[] = []
  /** Bounded: by the peers; which side of a partition each is on. */
  #partition: ReadonlyMap<PeerId, number> = new Map()

  constructor(clock: Clock, options: VirtualNetworkOptions = {}) {
    this.#clock = clock
    this.#wire = options.wire ?? byReference
    this.#defaultLink = { ...DEFAULT_LINK, ...options.link }
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
      connect: (to: PeerId, signal?: AbortSignal) => this.#connect(peer, to, signal),
      linkTo: (to: PeerId) => this.#link(peer, to),
      disconnect: (from: PeerId) => this.disconnect(peer, from),
      leave: () => this.#leave(peer),
      carry: (to: PeerId, message: Message) => this.#carry(peer, to, message)
    }
    const features = options.features ?? { presences: true }
    const port = new VirtualPort(peer, features, options.uploadBytesPerSecond, host)
    this.#ports.set(peer, port)
    return port
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
    await delay(this.#clock, 2 * this.#shape(from, to).latencyMs, signal)
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
    const link = new VirtualLink(this.#clock, this.#shape(from, to), ends[0], ends[1])
    this.#links.set(pairKey(from, to), link)
    link.open()
    return undefined
  }

  #leave(peer: PeerId): void {
    for (const other of this.#ports.keys()) this.#link(peer, other)?.forget(peer)
  }

  #carry(from: PeerId, to: PeerId, message: Message): Carried {
    const carried = this.#wire(message)
    this.#events?.record(Math.round(this.#clock.now() * 1_000), from, to, message, carried.bytes)
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
    const link = this.#links.get(pairKey(a, b))
    return link?.isAlive === true ? link : undefined
  }

  #pipe(from: PeerId, to: PeerId): Pipe {
    const pipe = this.#link(from, to)?.pipeFrom(from)
    assert(pipe !== undefined, `${from} and ${to} are not connected`)
    return pipe
  }

  #shape(a: PeerId, b: PeerId): LinkShape {
    return this.#shapes.get(pairKey(a, b)) ?? this.#defaultLink
  }
}

function pairKey(a: PeerId, b: PeerId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
