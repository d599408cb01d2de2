import type { PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import type { MaybePromise, PartialMessage, PeerFeatures, Random } from '../ports.ts'
import type { Core, Line } from './lane.ts'
import { type LinkShape, toMicros } from './link-shape.ts'
import { Pipe } from './pipe.ts'
import type { MicroClock, Uplink } from './uplink.ts'

/** What a connection tells one of its ends. */
export interface LinkEnd {
  readonly peer: PeerId
  readonly features: PeerFeatures
  readonly uplink: Uplink
  readonly downlink: Line | undefined
  readonly core: Core | undefined
  /** Of everything it sends, beside that of the link. */
  readonly egressMicros: number
  connected(peer: PeerId, features: PeerFeatures): void
  disconnected(peer: PeerId): void
  received(peer: PeerId, message: Message): MaybePromise<void>
  receiving(peer: PeerId, part: PartialMessage): void
  streamLost(peer: PeerId): void
}

export interface LinkParts {
  readonly clock: MicroClock
  /** The random numbers of one way. */
  readonly draw: (from: PeerId, to: PeerId) => Random
}

interface Side {
  readonly end: LinkEnd
  /** Carries what this side sends. */
  readonly pipe: Pipe
  /** This side was told of the connection, and not yet of its end. */
  told: boolean
  /** This side may send. */
  open: boolean
}

/** One connection of two peers, from the moment both were told of it until both were told of its end. */
export class VirtualLink {
  readonly #parts: LinkParts
  readonly #sides: readonly [Side, Side]
  #shape: LinkShape

  constructor(parts: LinkParts, shape: LinkShape, dialer: LinkEnd, listener: LinkEnd) {
    this.#parts = parts
    this.#shape = shape
    this.#sides = [this.#side(dialer, listener), this.#side(listener, dialer)]
  }

  get roundTripMs(): number {
    const [one, other] = this.#sides
    return 2 * this.#shape.latencyMs + (one.end.egressMicros + other.end.egressMicros) / 1_000
  }

  /** True while either side has not been told of the end. */
  get isAlive(): boolean {
    return this.#sides[0].told || this.#sides[1].told
  }

  /** Tells both sides, the listener first: it must know the dialer when the dialer's first message comes. */
  open(): void {
    const [dialer, listener] = this.#sides
    for (const [side, other] of [[listener, dialer] as const, [dialer, listener] as const]) {
      side.open = true
      side.told = true
      side.end.connected(other.end.peer, other.end.features)
    }
  }

  /** The way from `peer` to the other side, or undefined when `peer` may not send on it. */
  pipeFrom(peer: PeerId): Pipe | undefined {
    const side = this.#sideOf(peer)
    return side.open ? side.pipe : undefined
  }

  reshape(shape: LinkShape): void {
    this.#shape = shape
    for (const side of this.#sides) side.pipe.reshape(shape)
  }

  /** `peer` closes: it is told at once; the other side after what was sent before has arrived. */
  close(peer: PeerId): void {
    const side = this.#sideOf(peer)
    if (!side.open) return
    side.open = false
    side.pipe.closeSender()
    const other = this.#otherOf(peer)
    other.pipe.close()
    this.#soon(() => this.#tell(side))
    const arrivesAt = this.#parts.clock.nowMicros + toMicros(this.#shape.latencyMs) + side.end.egressMicros
    this.#parts.clock.at(arrivesAt, () => this.finish())
  }

  /** The wire is cut: what is under way is lost, and both sides are told at once. */
  cut(): void {
    for (const side of this.#sides) {
      side.open = false
      side.pipe.close()
      this.#soon(() => this.#tell(side))
    }
  }

  /** The stream that carries what `peer` sends breaks, and the connection stays. */
  breakStream(peer: PeerId): void {
    const side = this.#sideOf(peer)
    if (!side.open) return
    side.pipe.breakStream()
    this.#soon(() => {
      if (side.told) side.end.streamLost(this.#otherOf(peer).end.peer)
    })
  }

  /** Tells whoever does not know of the end yet. */
  finish(): void {
    for (const side of this.#sides) {
      side.open = false
      side.pipe.close()
      this.#tell(side)
    }
  }

  /** `peer` hears nothing of this connection any more. */
  forget(peer: PeerId): void {
    this.#sideOf(peer).told = false
    this.close(peer)
  }

  #side(end: LinkEnd, other: LinkEnd): Side {
    const { clock, draw } = this.#parts
    const pipe = new Pipe({ clock, draw, from: end, to: other }, this.#shape)
    return { end, pipe, told: false, open: false }
  }

  #soon(run: () => void): void {
    this.#parts.clock.at(this.#parts.clock.nowMicros, run)
  }

  #tell(side: Side): void {
    if (!side.told) return
    side.told = false
    side.end.disconnected(this.#otherOf(side.end.peer).end.peer)
  }

  #sideOf(peer: PeerId): Side {
    return this.#sides[0].end.peer === peer ? this.#sides[0] : this.#sides[1]
  }

  #otherOf(peer: PeerId): Side {
    return this.#sides[0].end.peer === peer ? this.#sides[1] : this.#sides[0]
  }
}
