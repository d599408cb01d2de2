import { FewMap } from '../few.ts'
import type { CidKey } from '../ids.ts'
import type { Presence } from '../message/message.ts'

/**
 * Presences one partner is still to be told: one for each CID, the latest counts. Bounded together with those that are
 * being written: a partner that asks and does not read gets no more answers than this.
 */
export class PresenceQueue {
  readonly #limit: number
  /** Bounded: `limit`, less what is being written. */
  readonly #pending = new FewMap<CidKey, Presence>()
  #inFlight = 0
  #messages = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#pending.size
  }

  /** Presences that wait or are being written. */
  get held(): number {
    return this.#pending.size + this.#inFlight
  }

  /** Messages with presences that are being written. */
  get messages(): number {
    return this.#messages
  }

  /** False when there is no room for it. */
  add(presence: Presence): boolean {
    const place = this.#placeOf(presence)
    if (!this.#pending.has(place) && this.#pending.size + this.#inFlight >= this.#limit) return false
    this.#pending.set(place, presence)
    return true
  }

  delete(key: CidKey): void {
    if (this.#pending.size > 0) this.#pending.delete(key)
  }

  keys(): IterableIterator<CidKey> {
    return this.#pending.keys()
  }

  /** What was to be told as here is denied, where that is no longer to be told. */
  correct(mayTell: (presence: Presence) => boolean): void {
    for (const [place, presence] of this.#pending) {
      if (presence.have && !mayTell(presence))
        this.#pending.set(place, { cid: presence.cid, key: presence.key, have: false })
    }
  }

  /** Takes up to `count`, oldest first, for one message. `done` or `failed` must follow, unless nothing was taken. */
  take(count: number): readonly Presence[] {
    if (this.#pending.size === 0) return []
    const taken = this.#pending.size <= count ? this.#takeAll() : this.#takeSome(count)
    this.#inFlight += taken.length
    this.#messages++
    return taken
  }

  #takeAll(): readonly Presence[] {
    const taken = [...this.#pending.values()]
    this.#pending.clear()
    return taken
  }

  #takeSome(count: number): readonly Presence[] {
    const taken: Presence[] = []
    for (const [place, presence] of this.#pending) {
      if (taken.length >= count) break
      taken.push(presence)
      this.#pending.delete(place)
    }
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
      const place = this.#placeOf(presence)
      if (!this.#pending.has(place) && isStillTrue(presence)) this.#pending.set(place, presence)
    }
  }

  /** The key; or, where that is taken by another CID of the same bytes, one made of key and CID. */
  #placeOf(presence: Presence): CidKey {
    const { key } = presence
    const held = this.#pending.get(key)
    if (held === undefined || held === presence) return key
    const { cid } = presence
    const isSame: boolean = held.cid.equals(cid)
    if (isSame) return key
    return `${key}/${cid.version}/${cid.code}` as CidKey
  }
}
