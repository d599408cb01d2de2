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

  /** Takes in a message but for the wants that `isAnswered`; returns those for which there is no room. */
  told({ full, cancels, wants }: Message, isAnswered: (want: WantEntry) => boolean): readonly WantEntry[] {
    if (full) this.#waiting.clear()
    for (const { key } of cancels) this.#waiting.delete(key)
    return wants.filter((want) => !isAnswered(want) && !this.add(want))
  }

  /** At the end of the line, or in its place there. False when there is no room. */
  add(want: WantEntry): boolean {
    if (this.#waiting.size >= MAX_WANTS && !this.#waiting.has(want.key)) return false
    this.#waiting.set(want.key, want)
    return true
  }

  /** Once more at the end of the line, unless it was told anew since. False when there is no room. */
  addAgain(want: WantEntry): boolean {
    return this.#waiting.has(want.key) || this.add(want)
  }

  /** The first that is not in `busy`, which stays in the line. */
  next(busy: ReadonlyMap<CidKey, unknown>): WantEntry | undefined {
    for (const want of this.#waiting.values()) if (!busy.has(want.key)) return want
    return undefined
  }

  /** It waits no longer. */
  take(key: CidKey): WantEntry | undefined {
    const want = this.#waiting.get(key)
    this.#waiting.delete(key)
    return want
  }
}
