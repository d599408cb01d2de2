import type { CID } from 'multiformats/cid'
import { FewMap } from '../few.ts'
import type { CidKey } from '../ids.ts'
import { createMessage, type CancelEntry, type Message, type WantEntry, type WantType } from '../message/message.ts'

/** One want as a peer knows it, or is about to. */
interface Told {
  readonly cid: CID
  readonly key: CidKey
  type: WantType
  priority: number
  /**
   * `queued`: in no message yet. `sent`: the peer knows it. `upgrade`: the peer knows it in a weaker form, or an answer
   * is long overdue, and it goes out once more. `standing`: the peer has no answer, and keeps it for later.
   */
  state: 'queued' | 'sent' | 'upgrade' | 'standing'
  /** In the queue of what is to be told, or among those that stand. */
  isQueued: boolean
  isStanding: boolean
}

/** What a message may hold at most. */
export interface MessageRoom {
  readonly bytes: number
}

/** Rough size in bytes of one entry on the wire beyond its CID: tags, lengths, priority, flags. */
const ENTRY_OVERHEAD_BYTES = 14

/**
 * What one peer has been told that we want, and what it has yet to be told. Messages are the difference between the two.
 * Invariant 3: a cancel goes only to a peer that was told, and never before the want it cancels.
 */
export class ToldWants {
  /** Bounded: `max` entries, by `ask`. */
  readonly #told = new FewMap<CidKey, Told>()
  /** In the order asked; those taken back stay until there are more of them than of others. Bounded: twice #told. */
  #queue: Told[] = EMPTY
  #queued = 0
  /** No answer is expected, oldest first; such a want makes way for others. Bounded: as #queue. */
  #stood: Told[] = EMPTY
  #standing = 0
  /** Taken back or answered of late: what still comes of them is late, and no lie. Bounded: `max`, then it is #older. */
  #past: Set<CidKey> | undefined
  /** Bounded: `max`. */
  #older: Set<CidKey> | undefined
  /** Bounded: wants that were sent, each at most once. */
  readonly #cancels = new FewMap<CidKey, CancelEntry>()
  /** One of the cancels keeps bytes from being sent in vain; the others can wait for company. */
  #isUrgent = false
  readonly #max: number
  /**
   * Does the next message replace all that was told before? `first`: yes, and it can wait until there is something to
   * tell. `owed`: yes, and it goes out even empty, because the peer may hold wants whose cancel was lost.
   */
  #full: 'no' | 'first' | 'owed' = 'first'

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#told.size
  }

  /** Wants that can still be asked; standing ones make way. */
  get room(): number {
    return this.#max - this.#told.size + this.#standing
  }

  get hasNews(): boolean {
    return this.#queued > 0 || (this.#isUrgent && this.#cancels.size > 0) || this.#full === 'owed'
  }

  /** Is there something that goes along with whatever leaves next? */
  get hasIdleCancels(): boolean {
    return this.#cancels.size > 0 && !this.hasNews
  }

  typeOf(key: CidKey): WantType | undefined {
    return this.#told.get(key)?.type
  }

  values(): IterableIterator<Readonly<Told>> {
    return this.#told.values()
  }

  /**
   * Asks for a block, or whether it is there. A want-have becomes a want-block when asked so, never the other way. Asking
   * again for a standing want sends it once more. Returns the key of a standing want that had to make way, if any, or
   * false when there is no room.
   */
  ask(cid: CID, key: CidKey, type: WantType, priority: number): CidKey | boolean {
    const known = this.#told.get(key)
    if (known !== undefined) {
      this.#askAgain(known, type, priority)
      return true
    }
    const evicted = this.#makeRoom()
    if (evicted === false) return false
    // A cancel that has not left yet is dropped: the peer still knows the want, so that taking it back needs a cancel.
    const isKnown = this.#cancels.delete(key)
    const state = isKnown ? 'upgrade' : 'queued'
    const entry: Told = { cid, key, type, priority, state, isQueued: false, isStanding: false }
    this.#told.set(key, entry)
    this.#enqueue(entry)
    return evicted
  }

  #askAgain(known: Told, type: WantType, priority: number): void {
    const stronger = type === 'block' && known.type === 'have'
    if (stronger) known.type = 'block'
    this.#unshelve(known)
    const isOverdue = known.state === 'standing'
    if (!isOverdue && !(stronger && known.state === 'sent')) return
    known.state = 'upgrade'
    known.priority = priority
    this.#enqueue(known)
  }

  /**
   * Takes a want back: silently when it never left, by a cancel when it did. Where the peer was only asked whether it has the
   * block, a word is most that it sends in vain: the cancel is in no hurry, if `mayWait`.
   */
  retract(key: CidKey, mayWait = false): void {
    const entry = this.#remove(key)
    if (entry === undefined || entry.state === 'queued') return
    this.#cancels.set(key, { cid: entry.cid, key })
    if (!mayWait || entry.type === 'block') this.#isUrgent = true
    this.#remember(key)
  }

  /** Was the peer told of this want, now or among the last ones? */
  wasTold(key: CidKey): boolean {
    return this.#told.has(key) || this.#past?.has(key) === true || this.#older?.has(key) === true
  }

  /** The peer sent the block: it has forgotten the want, and so do we. */
  delivered(key: CidKey): void {
    if (this.#remove(key) !== undefined) this.#remember(key)
  }

  /** The peer does not have the block, or does not answer. The want stays with it, for the day the block arrives there. */
  shelve(key: CidKey): void {
    const entry = this.#told.get(key)
    if (entry === undefined || entry.isStanding) return
    if (entry.state === 'sent') entry.state = 'standing'
    this.#stood = withOneMore(this.#stood, entry, this.#standing++, isStanding)
    entry.isStanding = true
  }

  /** All that was sent may be lost: everything is told anew, by a full wantlist. */
  lost(): void {
    this.#cancels.clear()
    for (const entry of this.#told.values()) {
      entry.state = 'queued'
      this.#enqueue(entry)
    }
    if (this.#full === 'no') this.#full = 'owed'
  }

  /** Cancels have waited long enough. */
  hurry(): void {
    this.#isUrgent = true
  }

  /** The next message for the peer, or undefined when there is nothing to tell. */
  take(room: MessageRoom): Message | undefined {
    return this.hasNews ? this.#take(room) : undefined
  }

  /** Goes along with what leaves for the peer anyway, where cancels wait for that. */
  takeAlong(room: MessageRoom): Message | undefined {
    return this.hasIdleCancels ? this.#take(room) : undefined
  }

  #take(room: MessageRoom): Message {
    let bytes = 0
    const cancels: CancelEntry[] = []
    this.#cancels.forEach((cancel) => {
      if (bytes >= room.bytes) return
      cancels.push(cancel)
      this.#cancels.delete(cancel.key)
      bytes += cancel.cid.byteLength + ENTRY_OVERHEAD_BYTES
    })
    if (this.#cancels.size === 0) this.#isUrgent = false
    const wants: WantEntry[] = []
    let taken = 0
    for (const told of this.#queue) {
      if (bytes >= room.bytes) break
      taken++
      if (!told.isQueued) continue
      wants.push(toEntry(told))
      this.#dequeue(told)
      told.state = told.isStanding ? 'standing' : 'sent'
      bytes += told.cid.byteLength + ENTRY_OVERHEAD_BYTES
    }
    if (taken > 0) this.#queue = this.#queued === 0 ? EMPTY : this.#queue.slice(taken)
    const full = this.#full !== 'no'
    this.#full = 'no'
    return createMessage({ full, wants, cancels })
  }

  #remember(key: CidKey): void {
    this.#past ??= new Set()
    this.#past.add(key)
    if (this.#past.size < this.#max) return
    this.#older = this.#past
    this.#past = undefined
  }

  #remove(key: CidKey): Told | undefined {
    const entry = this.#told.get(key)
    if (entry === undefined) return undefined
    this.#told.delete(key)
    this.#dequeue(entry)
    this.#unshelve(entry)
    return entry
  }

  /** True: there was room. A key: this standing want made way. False: full of wants in flight. */
  #makeRoom(): CidKey | boolean {
    if (this.#told.size < this.#max) return true
    const oldest = this.#stood.find(isStanding)
    if (oldest === undefined) return false
    this.retract(oldest.key)
    return oldest.key
  }

  #enqueue(entry: Told): void {
    if (entry.isQueued) return
    this.#queue = withOneMore(this.#queue, entry, this.#queued++, isQueued)
    entry.isQueued = true
  }

  #dequeue(entry: Told): void {
    if (!entry.isQueued) return
    entry.isQueued = false
    this.#queued--
  }

  #unshelve(entry: Told): void {
    if (!entry.isStanding) return
    entry.isStanding = false
    if (--this.#standing === 0) this.#stood = EMPTY
  }
}

const EMPTY: Told[] = []
/** A row is gone through for what has left it when it is longer than this, and twice as long as what is in it. */
const MAX_LEFT = 32

const isQueued = (entry: Told): boolean => entry.isQueued
const isStanding = (entry: Told): boolean => entry.isStanding

/** The row with one more at its end; a new one where nothing was left in it, or less than half. One may have come back. */
function withOneMore(row: Told[], entry: Told, count: number, isIn: (entry: Told) => boolean): Told[] {
  if (count === 0) return [entry]
  const kept = row.length > MAX_LEFT && row.length > 2 * count ? [...new Set(row.filter(isIn))] : row
  kept.push(entry)
  return kept
}

function toEntry(told: Told): WantEntry {
  return { cid: told.cid, key: told.key, type: told.type, priority: told.priority, sendDontHave: true }
}
