import type { CidKey } from '../../ids.ts'
import type { Message, WantEntry } from '../../message/message.ts'

/** Wants that wait for one host; beyond, they are denied. As many as a peer is told of by bitswap. */
export const MAX_WANTS = 1_024

/** What a host is to be asked, in turn: the wants of the messages "sent" to it. */
export class AskedWants {
  /** Bounded: MAX_WANTS. */
  readonly #waiting = new Map<CidKey, WantEntry>()

  get size(): number {
    return this.#waiting.size
  }

  /** Takes in a message; returns the wants for which there is no room. */
  told({ full, cancels, wants }: Message): readonly WantEntry[] {
    if (full) this.#waiting.clear()
    for (const { key } of cancels) this.#waiting.delete(key)
    return wants.filter((want) => !this.add(want))
  }

  /** At the end of the line. False when there is no room. */
  add(want: WantEntry): boolean {
    if (this.#waiting.size >= MAX_WANTS && !this.#waiting.has(want.key)) return false
    this.#waiting.set(want.key, want)
    return true
  }

  next(): WantEntry | undefined {
    const [first] = this.#waiting.values()
    if (first !== undefined) this.#waiting.delete(first.key)
    return first
  }

  /** All of them, which then wait no longer. */
  takeAll(): readonly WantEntry[] {
    const wants = [...this.#waiting.values()]
    this.#waiting.clear()
    return wants
  }
}
