import type { CidKey } from '../ids.ts'
import type { Presence } from '../message/message.ts'

/**
 * Presences one partner is still to be told: one for each key, the latest counts. Bounded together with those that are
 * being written: a partner that asks and does not read gets no more answers than this.
 */
export class PresenceQueue {
  readonly #limit: number
  /** Bounded: `limit`, less what is being written. */
  readonly #pending = new Map<CidKey, Presence>()
  #inFlight = 0
  #messages = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#pending.size
  }

  /** Messages with presences that are being written. */
  get messages(): number {
    return this.#messages
  }

  /** False when there is no room for it. */
  add(presence: Presence): boolean {
    if (!this.#pending.has(presence.key) && this.#pending.size + this.#inFlight >= this.#limit) return false
    this.#pending.set(presence.key, presence)
    return true
  }

  delete(key: CidKey): void {
    if (this.#pending.size > 0) this.#pending.delete(key)
  }

  keys(): IterableIterator<CidKey> {
    return this.#pending.keys()
  }

  /** Takes up to `count`, oldest first, for one message. `done` or `failed` must follow, unless nothing was taken. */
  take(count: number): readonly Presence[] {
    if (this.#pending.size === 0) return []
    const taken: Presence[] = []
    for (const presence of this.#pending.values()) {
      if (taken.length >= count) break
      taken.push(presence)
    }
    if (taken.length === this.#pending.size) this.#pending.clear()
    else for (const { key } of taken) this.#pending.delete(key)
    this.#inFlight += taken.length
    this.#messages++
    return taken
  }

  done(taken: readonly Presence[]): void {
    if (taken.length === 0) return
    this.#inFlight -= taken.length
    this.#messages--
  }

  /** Puts back what could not be written, behind what came since and unless that says something newer. */
  failed(taken: readonly Presence[], isStillTrue: (presence: Presence) => boolean): void {
    this.done(taken)
    for (const presence of taken) {
      if (!this.#pending.has(presence.key) && isStillTrue(presence)) this.#pending.set(presence.key, presence)
    }
  }
}
