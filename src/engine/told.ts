import type { CidKey } from '../ids.ts'
import type { CancelEntry, Message, WantEntry } from '../message/message.ts'
import type { Partner } from './partner.ts'

/** Takes in what a partner told, an entry at a time. */
export interface EntryTaker {
  /** The list is whole: what is not on it is not wanted. */
  keepOnly(partner: Partner, kept: ReadonlyMap<CidKey, WantEntry>): void
  cancelled(partner: Partner, entry: CancelEntry): void
  wanted(partner: Partner, entry: WantEntry): void
}

/**
 * The wantlist of one message, handled in pieces: a full list is first read through, so that it takes effect as a whole;
 * then come the cancels, then the wants.
 */
export class Told {
  readonly full: boolean
  readonly #wants: readonly WantEntry[]
  readonly #cancels: readonly CancelEntry[]
  /** Bounded: by the wants of the message. What a full list has, as far as it was read; undefined afterwards. */
  #kept: Map<CidKey, WantEntry> | undefined
  #keptDone = 0
  #cancelsDone = 0
  #wantsDone = 0

  constructor({ full, wants, cancels }: Pick<Message, 'full' | 'wants' | 'cancels'>) {
    this.full = full
    this.#wants = wants
    this.#cancels = cancels
    this.#kept = full ? new Map() : undefined
  }

  get wants(): number {
    return this.#wants.length - this.#wantsDone
  }

  get cancels(): number {
    return this.#cancels.length - this.#cancelsDone
  }

  get isDone(): boolean {
    return this.#kept === undefined && this.wants === 0 && this.cancels === 0
  }

  /** What is left of it after so many wants and cancels at most. */
  cut(maxWants: number, maxCancels: number): Told {
    if (this.wants <= maxWants && this.cancels <= maxCancels) return this
    const wants = this.#wants.slice(this.#wantsDone, this.#wantsDone + maxWants)
    const cancels = this.#cancels.slice(this.#cancelsDone, this.#cancelsDone + maxCancels)
    return new Told({ full: this.#kept !== undefined, wants, cancels })
  }

  /** Handles up to `room` entries; returns the room that is left. */
  handle(partner: Partner, taker: EntryTaker, room: number): number {
    let left = room
    if (this.#kept !== undefined) {
      left = this.#read(this.#kept, left)
      if (this.#keptDone < this.#wants.length) return left
      taker.keepOnly(partner, this.#kept)
      this.#kept = undefined
    }
    for (; left > 0 && this.#cancelsDone < this.#cancels.length; left--) {
      const entry = this.#cancels[this.#cancelsDone++]
      if (entry !== undefined) taker.cancelled(partner, entry)
    }
    for (; left > 0 && this.#wantsDone < this.#wants.length; left--) {
      const entry = this.#wants[this.#wantsDone++]
      if (entry !== undefined) taker.wanted(partner, entry)
    }
    return left
  }

  /** Reading costs less than handling: it takes half the room. */
  #read(kept: Map<CidKey, WantEntry>, room: number): number {
    const start = this.#keptDone
    this.#keptDone = Math.min(this.#wants.length, start + 2 * room)
    for (const entry of this.#wants.slice(start, this.#keptDone)) kept.set(entry.key, entry)
    return room - Math.ceil((this.#keptDone - start) / 2)
  }
}
