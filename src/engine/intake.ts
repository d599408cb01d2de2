import { MAX_WANTLIST_ENTRIES } from '../message/limits.ts'
import type { Message } from '../message/message.ts'
import type { Clock } from '../ports.ts'
import type { Partner } from './partner.ts'
import { Told } from './told.ts'
import type { EntryTaker } from './told.ts'

/** Entries of one partner handled in one turn of the event loop: a few milliseconds, so that others are not kept waiting. */
export const ENTRIES_PER_TURN = 1_024

/** The same of all partners whose messages come in one turn; the rest waits for a turn of its own. */
export const ENTRIES_PER_TURN_ALL = 4 * ENTRIES_PER_TURN

/** So few are handled at once in any case: who asks for little does not wait behind those who ask for much. */
export const FEW_ENTRIES = 32

/** Wants of one partner that may wait to be handled, and as many cancels: those of the largest message. */
export const MAX_WAITING_ENTRIES = MAX_WANTLIST_ENTRIES

/** The same for all partners together; each takes 170 bytes. */
export const MAX_WAITING_ENTRIES_ALL = 2 * MAX_WANTLIST_ENTRIES

/** Presences that a partner has not taken, above which its wants wait: whoever does not read gets no more answers. */
export const MAX_UNTAKEN_PRESENCES = 1_024

/** The same of all partners whose wants wait, in equal shares; each takes 150 bytes. */
export const MAX_UNTAKEN_PRESENCES_ALL = 16 * MAX_UNTAKEN_PRESENCES

export interface IntakeParts {
  readonly clock: Clock
  readonly taker: EntryTaker
  /** Some of what the partner told has been handled. */
  readonly changed: (partner: Partner) => void
}

export interface IntakeStat {
  /** Entries that came faster than they can be handled and were dropped without an answer. */
  entriesDropped: number
}

/** What one partner told that is not handled yet, in order. */
interface Backlog {
  /** Bounded: each holds an entry at least, or is a full list, which is then the first. */
  readonly told: Told[]
  /** Bounded: MAX_WAITING_ENTRIES each. */
  wants: number
  cancels: number
  /** Told when all of it is handled, or void. */
  readonly handled: PromiseWithResolvers<undefined>
}

/**
 * Hands on what partners tell, in the order in which each told it. A short list is handled at once; of a long one a piece
 * in each turn of the event loop, partners taking turns. What waits when a full list comes is void, as that list says all.
 */
export class Intake {
  readonly stat: IntakeStat = { entriesDropped: 0 }
  readonly #parts: IntakeParts
  /** Bounded: partners; with MAX_WAITING_ENTRIES_ALL wants, and as many cancels, in all. */
  readonly #backlogs = new Map<Partner, Backlog>()
  /** Bounded: partners. Entries handled at once in this turn. */
  readonly #spent = new Map<Partner, number>()
  #spentByAll = 0
  #wants = 0
  #cancels = 0
  #scheduled = false

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** Entries that wait to be handled. */
  get waiting(): number {
    return this.#wants + this.#cancels
  }

  /** Resolves when it has been handled, and everything that waits of the partner; undefined when that is so now. */
  received(partner: Partner, message: Message): Promise<void> | undefined {
    const told = new Told(message)
    if (told.full) this.disconnected(partner)
    if (!this.#backlogs.has(partner) && !this.#isBehind(partner)) {
      const spent = this.#spent.get(partner) ?? 0
      const forAll = Math.max(FEW_ENTRIES - spent, ENTRIES_PER_TURN_ALL - this.#spentByAll)
      const room = this.#room(partner, Math.max(0, Math.min(ENTRIES_PER_TURN - spent, forAll)))
      const left = told.handle(partner, this.#parts.taker, room)
      this.#spend(partner, spent + room - left)
      this.#parts.changed(partner)
    }
    if (!told.isDone) this.#wait(partner, told)
    this.#schedule()
    return this.#backlogs.get(partner)?.handled.promise
  }

  /** The partner has taken some of its answers. */
  resume(partner: Partner): void {
    if (this.#backlogs.has(partner) && !this.#isBehind(partner)) this.#schedule()
  }

  /** Drops what waits of a partner. */
  disconnected(partner: Partner): void {
    const backlog = this.#backlogs.get(partner)
    if (backlog === undefined) return
    this.#backlogs.delete(partner)
    this.#count(backlog, -backlog.wants, -backlog.cancels)
    backlog.handled.resolve(undefined)
  }

  #wait(partner: Partner, whole: Told): void {
    this.#makeRoom(partner, whole)
    const backlog = this.#backlogs.get(partner) ?? { told: [], wants: 0, cancels: 0, handled: Promise.withResolvers() }
    const told = whole.cut(
      Math.min(MAX_WAITING_ENTRIES - backlog.wants, MAX_WAITING_ENTRIES_ALL - this.#wants),
      Math.min(MAX_WAITING_ENTRIES - backlog.cancels, MAX_WAITING_ENTRIES_ALL - this.#cancels)
    )
    this.stat.entriesDropped += whole.wants - told.wants + whole.cancels - told.cancels
    if (told.isDone) return
    this.#backlogs.set(partner, backlog)
    backlog.told.push(told)
    this.#count(backlog, told.wants, told.cancels)
  }

  /** When there is no room for all of it, those who do not take their answers lose what waits, the largest first. */
  #makeRoom(newcomer: Partner, { wants, cancels }: Told): void {
    while (this.#wants + wants > MAX_WAITING_ENTRIES_ALL || this.#cancels + cancels > MAX_WAITING_ENTRIES_ALL) {
      let largest: [Partner, Backlog] | undefined
      for (const each of this.#backlogs) {
        const isLarger = largest === undefined || sizeOf(each[1]) > sizeOf(largest[1])
        if (each[0] !== newcomer && this.#isBehind(each[0]) && isLarger) largest = each
      }
      if (largest === undefined) return
      this.stat.entriesDropped += sizeOf(largest[1])
      this.disconnected(largest[0])
    }
  }

  #count(backlog: Backlog, wants: number, cancels: number): void {
    backlog.wants += wants
    backlog.cancels += cancels
    this.#wants += wants
    this.#cancels += cancels
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#parts.clock.defer(() => this.#turn())
  }

  #turn(): void {
    this.#scheduled = false
    this.#spent.clear()
    this.#spentByAll = 0
    for (let left = ENTRIES_PER_TURN; left > 0;) {
      const next = this.#next()
      if (next === undefined) return
      left -= this.#serve(...next, left)
    }
    this.#schedule()
  }

  /** Returns the entries handled. */
  #serve(partner: Partner, backlog: Backlog, entries: number): number {
    // To the end of the row; what it tells in the meantime waits behind what it told before.
    this.#backlogs.delete(partner)
    this.#backlogs.set(partner, backlog)
    const handled = this.#handle(partner, backlog, entries)
    this.#spend(partner, handled + (this.#spent.get(partner) ?? 0))
    if (backlog.told.length === 0) this.disconnected(partner)
    this.#parts.changed(partner)
    return handled
  }

  /** Whose turn it is of those that take their answers. */
  #next(): readonly [Partner, Backlog] | undefined {
    for (const each of this.#backlogs) if (!this.#isBehind(each[0])) return each
    return undefined
  }

  /** Returns the entries handled. */
  #handle(partner: Partner, backlog: Backlog, entries: number): number {
    const room = this.#room(partner, entries)
    let left = room
    for (let told = backlog.told[0]; told !== undefined && left > 0; told = backlog.told[0]) {
      const { wants, cancels } = told
      left = told.handle(partner, this.#parts.taker, left)
      this.#count(backlog, told.wants - wants, told.cancels - cancels)
      if (told.isDone) backlog.told.shift()
    }
    return room - left
  }

  #spend(partner: Partner, entries: number): void {
    this.#spentByAll += entries - (this.#spent.get(partner) ?? 0)
    this.#spent.set(partner, entries)
  }

  #isBehind({ presences }: Partner): boolean {
    return presences.held >= this.#share
  }

  /** Presences that each may leave untaken: the fewer, the more partners wait. */
  get #share(): number {
    return Math.min(MAX_UNTAKEN_PRESENCES, Math.ceil(MAX_UNTAKEN_PRESENCES_ALL / Math.max(1, this.#backlogs.size)))
  }

  /** Entries to handle now, of so many: in a crowd no more than may be answered. */
  #room({ presences }: Partner, entries: number): number {
    const share = this.#share
    return share === MAX_UNTAKEN_PRESENCES ? entries : Math.min(entries, share - presences.held)
  }
}

function sizeOf({ wants, cancels }: Backlog): number {
  return wants + cancels
}
