import type { WireBlock } from '../message/message.ts'
import type { Partner } from './partner.ts'
import type { SlotHolder } from './slots.ts'
import { taskWork } from './task-queue.ts'
import type { Want } from './want.ts'

/** The tasks of one message of blocks, from the moment they leave the queue until it is written. */
export class Batch implements SlotHolder {
  readonly partner: Partner
  readonly startedAt: number
  /** What it takes of the partner's bound on work in flight. */
  readonly work: number
  /** Block bytes, as they were looked up. */
  readonly bytes: number
  /** Bounded: by the size of a message. What was read, by place in `wants`; undefined: not there. */
  readonly found: (Uint8Array | undefined)[] = []
  lent = false
  #wants: readonly Want[]
  /** Bounded: by the size of a message. Reads that failed; undefined for none. */
  #errors: Map<number, unknown> | undefined
  #sentBytes = 0

  constructor(partner: Partner, wants: readonly Want[], startedAt: number) {
    this.partner = partner
    this.startedAt = startedAt
    this.#wants = wants
    let work = 0
    let bytes = 0
    for (const want of wants) {
      work += taskWork(want)
      bytes += want.size
    }
    this.work = work
    this.bytes = bytes
  }

  /** The wants it answers; once `sent`, those whose blocks are in the message. */
  get wants(): readonly Want[] {
    return this.#wants
  }

  /** Reads that failed, by place in `wants`. */
  get errors(): ReadonlyMap<number, unknown> | undefined {
    return this.#errors
  }

  /** Block bytes in the message. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  failed(index: number, error: unknown): void {
    this.#errors ??= new Map()
    this.#errors.set(index, error)
  }

  /** What went into the message. The bytes are the network's now. */
  sent(wants: readonly Want[], blocks: readonly WireBlock[]): void {
    this.#wants = wants
    this.found.length = 0
    for (const { bytes } of blocks) this.#sentBytes += bytes.byteLength
  }
}
