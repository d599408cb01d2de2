import type { Random } from '../../src/ports.ts'

/** How one way of a link carries bytes just now. */
export interface LinkShape {
  readonly delayMs: number
  /** Up to this much more or less delay, drawn for each parcel. Order is kept all the same. */
  readonly jitterMs: number
  readonly bytesPerSecond: number
  /** Part of the segments that is lost, 0 to 1. */
  readonly loss: number
  /** Nothing leaves; what comes waits, as far as there is room. */
  readonly clogged: boolean
}

/** What a lost segment means: gone, where TCP sees it; or, for bytes that must arrive, late by a time of retransmission. */
export type LossMode = 'drop' | 'stall'

/** A segment of TCP on an ordinary link; what loss strikes. */
export const SEGMENT_BYTES = 1_400
/** Least time in which Linux retransmits; doubled for each further loss in a row. */
export const RETRANSMIT_MS = 200
const MAX_RETRANSMIT_MS = 3_000

interface Parcel<Item> {
  readonly item: Item
  readonly bytes: number
  dueMs: number
}

/**
 * One way of a link: first in, first out, at a bandwidth, after a delay, with loss. It knows no clock: it is told the time
 * and answers what has arrived by then.
 */
export class LinkQueue<Item> {
  readonly #random: Random
  readonly #mode: LossMode
  readonly #roomBytes: number
  #shape: LinkShape
  /** Bounded: `roomBytes` and one parcel, beyond which parcels are dropped; with `stall`, by who heeds `isFull`. */
  #parcels: Parcel<Item>[] = []
  #heldBytes = 0
  #busyUntilMs = 0
  #lastDueMs = 0
  #lossesInRow = 0
  #losses = 0

  constructor(shape: LinkShape, options: { random: Random; mode: LossMode; roomBytes: number }) {
    this.#shape = shape
    this.#random = options.random
    this.#mode = options.mode
    this.#roomBytes = options.roomBytes
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Segments that were lost, whatever came of that. */
  get losses(): number {
    return this.#losses
  }

  get isFull(): boolean {
    return this.#heldBytes >= this.#roomBytes
  }

  /** Takes effect for what is offered from now on; a link that is no longer clogged lets out what waited at its bandwidth. */
  reshape(shape: LinkShape, nowMs: number): void {
    const wasClogged = this.#shape.clogged
    this.#shape = shape
    if (!wasClogged || shape.clogged) return
    this.#busyUntilMs = nowMs
    for (const parcel of this.#parcels) {
      this.#busyUntilMs += this.#transferMs(parcel.bytes)
      parcel.dueMs = Math.max(parcel.dueMs, this.#busyUntilMs)
      this.#lastDueMs = Math.max(this.#lastDueMs, parcel.dueMs)
    }
  }

  /** False when the parcel is lost, which with `stall` none is. */
  offer(item: Item, bytes: number, nowMs: number): boolean {
    if (this.isFull && this.#mode === 'drop') return false
    const stallMs = this.#draw(bytes)
    if (stallMs === undefined) return false
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + this.#transferMs(bytes)
    const { delayMs, jitterMs } = this.#shape
    const wayMs = Math.max(0, delayMs + (this.#random.next() * 2 - 1) * jitterMs)
    this.#lastDueMs = Math.max(this.#lastDueMs, this.#busyUntilMs + wayMs + stallMs)
    this.#parcels.push({ item, bytes, dueMs: this.#lastDueMs })
    this.#heldBytes += bytes
    return true
  }

  /** What has arrived by now, in its order. */
  take(nowMs: number): Item[] {
    if (this.#shape.clogged) return []
    let count = 0
    for (const { dueMs, bytes } of this.#parcels) {
      if (dueMs > nowMs) break
      this.#heldBytes -= bytes
      count++
    }
    return this.#parcels.splice(0, count).map(({ item }) => item)
  }

  /** When the next parcel arrives; undefined when none will, as things stand. */
  nextMs(): number | undefined {
    return this.#shape.clogged ? undefined : this.#parcels[0]?.dueMs
  }

  /** Forgets what is on its way. */
  clear(): void {
    this.#parcels = []
    this.#heldBytes = 0
  }

  #transferMs(bytes: number): number {
    return (bytes * 1_000) / this.#shape.bytesPerSecond
  }

  /** Undefined: lost. Else how much later it comes for the segments that had to be sent again. */
  #draw(bytes: number): number | undefined {
    let stallMs = 0
    for (let sent = 0; sent < bytes && this.#shape.loss > 0; sent += SEGMENT_BYTES) {
      while (this.#random.next() < this.#shape.loss) {
        this.#losses++
        if (this.#mode === 'drop') return undefined
        stallMs = Math.max(stallMs, Math.min(MAX_RETRANSMIT_MS, RETRANSMIT_MS * 2 ** this.#lossesInRow))
        this.#lossesInRow++
      }
      this.#lossesInRow = 0
    }
    return stallMs
  }
}
