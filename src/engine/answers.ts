import type { CID } from 'multiformats/cid'
import type { CidKey, PeerId } from '../ids.ts'
import { MAX_BLOCK_BYTES } from '../message/limits.ts'
import type { CancelEntry, Presence, WantEntry } from '../message/message.ts'
import { NamedPresence, NamedWant, partsOf } from '../message/named-block.ts'
import { chooseAnswer, type Answer } from './answer.ts'
import type { AnswerStat } from './engine-stat.ts'
import type { Partner } from './partner.ts'
import type { EntryTaker } from './told.ts'
import { WantedBy } from './wanted-by.ts'
import { Want, type WantState } from './want.ts'

/** The store has not answered yet; it will come by way of `found`. */
export const LATER = Symbol('later')

/** Knows which blocks are here. */
export interface SizeSource {
  /** The size of the wanted block, undefined if it is not here, or LATER. */
  look(partner: Partner, want: Want): number | undefined | typeof LATER
  /** Nobody waits for this lookup any more. */
  forget(partner: Partner, want: Want): void
  /** The store failed to read this block; it is looked up anew after a while. */
  retry(partner: Partner, want: Want, error: unknown): void
}

/** What may be done about a want: serve it, deny that the block is here, or say nothing. */
export type Permission = 'serve' | 'dont-have' | 'silent'

export interface AnswerParts {
  readonly lookups: SizeSource
  /** May the partner have this block? Denied ones are answered as if they were not here, or not at all. */
  readonly verdict: (partner: Partner, want: { readonly cid: CID; readonly key: CidKey }) => Permission
  /** A partner got a task or a presence to be sent. */
  readonly changed: (partner: Partner) => void
  /** A partner wants something new. */
  readonly asked?: ((peer: PeerId, key: CidKey) => void) | undefined
  readonly now: () => number
  /** Otherwise no want is kept, and each is answered as if the block were not here. */
  readonly enabled: boolean
  readonly replaceHaveBytes: number
}

/**
 * Turns what partners ask into what they are due: a task (block), a presence, or a standing want. Entry points record
 * what happened; whether and when anything is sent is decided elsewhere.
 */
export class Answers implements EntryTaker {
  readonly stat: AnswerStat = { overflowDropped: 0, presencesDropped: 0, wantsIgnored: 0 }
  readonly #parts: AnswerParts
  /** Bounded: by the wants kept. Wants that are `looking` or `missing`. */
  readonly #wantedBy = new WantedBy<Partner>()
  #sequence = 0

  constructor(parts: AnswerParts) {
    this.#parts = parts
  }

  /** Keys that somebody waits for. */
  get standing(): number {
    return this.#wantedBy.size
  }

  /** Partners that wait for this block, or for which it is being looked up. */
  awaitedBy(key: CidKey): readonly Partner[] {
    return this.#wantedBy.get(key)
  }

  /** The list is whole: what is not on it is not wanted, and what is on it is wanted as it stands there. */
  keepOnly(partner: Partner, kept: ReadonlyMap<CidKey, WantEntry>): void {
    for (const want of partner.wants.values()) {
      const entry = kept.get(want.key)
      if (entry?.type !== want.type) {
        this.#drop(partner, want)
      } else {
        want.priority = entry.priority
        want.sendDontHave = entry.sendDontHave
        partner.wants.changed(want)
        partner.queue.moved(want)
      }
    }
    for (const key of partner.presences.keys()) if (!kept.has(key)) partner.presences.delete(key)
    for (const want of partner.sending.values()) if (!kept.has(want.key)) want.state = 'cancelled'
  }

  cancelled(partner: Partner, entry: CancelEntry): void {
    const { key } = entry
    partner.presences.delete(key)
    const want = partner.wants.get(key) ?? partner.sending.get(key)
    if (want === undefined || (want.others !== undefined && !want.withdraw(entry.cid))) return
    if (want.isKept) this.#drop(partner, want)
    else want.state = 'cancelled'
  }

  wanted(partner: Partner, told: WantEntry): void {
    partner.misses.refill(this.#parts.now())
    if (partner.misses.isEmpty) {
      this.stat.wantsIgnored++
      return
    }
    if (this.#parts.enabled) this.#take(partner, told)
    else this.#refuse(partner, told)
  }

  /** A block is in the store now. */
  stored(key: CidKey, size: number): void {
    if (size > MAX_BLOCK_BYTES) return
    for (const partner of this.#wantedBy.get(key)) {
      const want = partner.wants.get(key)
      if (want === undefined || this.#parts.verdict(partner, want) !== 'serve') continue
      want.denied = false
      this.#parts.lookups.forget(partner, want)
      // A word, however small the block is: who asked long ago asked others as well, and would get it of each of them.
      this.#answer(partner, want, chooseAnswer(want.type, size, 0), size)
    }
  }

  /** The store said how large a wanted block is, or that it is not here. */
  found(partner: Partner, want: Want, size: number | undefined): void {
    this.#answer(partner, want, chooseAnswer(want.type, size, this.#parts.replaceHaveBytes), size)
  }

  #answer(partner: Partner, want: Want, answer: Answer, size: number | undefined): void {
    if (answer === 'standing') {
      this.#stand(partner, want)
    } else if (answer === 'have') {
      this.#drop(partner, want)
      this.#say(partner, want, true)
    } else {
      this.enqueue(partner, want, size ?? 0)
    }
  }

  /** Makes a task of a want whose block is here. */
  enqueue(partner: Partner, want: Want, size: number): void {
    want.size = size
    if (!this.#enter(partner, want, 'queued')) return
    partner.presences.delete(want.key)
    partner.queue.push(want)
    this.#parts.changed(partner)
  }

  /** A block has been sent under one of the CIDs it was asked under. */
  written(partner: Partner, want: Want): void {
    const [next, ...rest] = want.others ?? []
    if (next === undefined || want.state === 'cancelled') return
    const { key, type, priority, sendDontHave } = want
    const again = new Want({ cid: next, key, type, priority, sendDontHave }, want.sequence)
    again.others = rest.length > 0 ? rest : undefined
    this.#look(partner, again)
  }

  /** A block was not there any more when it was to be read. */
  vanished(partner: Partner, want: Want): void {
    // Or it was denied since: then looking is told so, and does not come here again.
    if (this.#parts.verdict(partner, want) === 'serve') this.#stand(partner, want)
    else this.#look(partner, want)
  }

  /** A block could not be read. That is not "not here". */
  unreadable(partner: Partner, want: Want, error: unknown): void {
    if (this.#enter(partner, want, 'looking')) this.#parts.lookups.retry(partner, want, error)
  }

  /** Whether a presence that could not be sent is worth sending again. */
  isStillTrue(partner: Partner, presence: Presence): boolean {
    if (presence.have) return this.#parts.verdict(partner, presence) === 'serve'
    const want = partner.wants.get(presence.key)
    return !partner.sending.has(presence.key) && (want === undefined || want.state === 'missing')
  }

  /** The policy changed: what is denied now leaves the queue, and what no longer is gets looked up. */
  review(partner: Partner): void {
    for (const want of [...partner.wants.values()]) {
      const serves = this.#parts.verdict(partner, want) === 'serve'
      // Gone: pushed out just now, by one that is denied.
      if (serves !== want.denied || want.state === 'gone') continue
      if (want.state === 'looking') this.#parts.lookups.forget(partner, want)
      partner.queue.remove(want)
      this.#look(partner, want)
    }
    partner.presences.correct((presence) => this.#parts.verdict(partner, presence) === 'serve')
    this.#parts.changed(partner)
  }

  disconnected(partner: Partner): void {
    for (const want of partner.wants.values()) {
      if (isOpen(want)) this.#wantedBy.delete(want.key, partner)
    }
  }

  #take(partner: Partner, told: WantEntry): void {
    // Before presences existed, every want was for the block.
    const entry: WantEntry =
      partner.presencesKnown || told.type === 'block'
        ? told
        : new NamedWant(partsOf(told), 'block', told.priority, told.sendDontHave)
    const known = partner.wants.get(entry.key)
    const sending = known === undefined ? partner.sending.get(entry.key) : undefined
    if (known !== undefined) {
      this.#toldAgain(partner, known, entry)
    } else if (sending !== undefined) {
      // It is on its way; what is served must not be served twice.
      sending.state = 'sending'
      sending.merge(entry)
    } else {
      this.#parts.asked?.(partner.peer, entry.key)
      const want = new Want(entry, this.#sequence++)
      // Whether the block is here or not: a task with it would find no room.
      if (want.type === 'block' && !partner.wants.hasRoomFor(want)) this.#overflowed(partner, want, true)
      else this.#look(partner, want)
    }
  }

  /** Answers a want that asks for it with dont-have, and does not keep it. */
  #refuse(partner: Partner, entry: WantEntry): void {
    partner.misses.take()
    if (entry.sendDontHave) this.#say(partner, entry, false)
  }

  #toldAgain(partner: Partner, want: Want, entry: WantEntry): void {
    want.merge(entry)
    partner.wants.changed(want)
    partner.queue.moved(want)
    if (want.state === 'missing') this.#look(partner, want)
  }

  #look(partner: Partner, want: Want): void {
    const verdict = this.#parts.verdict(partner, want)
    want.denied = verdict !== 'serve'
    if (want.denied) {
      // Whoever is to hear nothing does not hear either that there was no room.
      if (verdict === 'silent') want.sendDontHave = false
      this.#stand(partner, want)
      return
    }
    const size = this.#parts.lookups.look(partner, want)
    if (size === LATER) this.#enter(partner, want, 'looking')
    else this.found(partner, want, size)
  }

  /** Keeps the want for the day the block arrives; says so if asked. */
  #stand(partner: Partner, want: Want): void {
    partner.misses.take()
    if (this.#enter(partner, want, 'missing') && want.sendDontHave) this.#say(partner, want, false)
  }

  /** Gives a want its place and state. False when there was no room for it: then it has been answered. */
  #enter(partner: Partner, want: Want, state: 'looking' | 'missing' | 'queued'): boolean {
    const wasOpen = isOpen(want) && want.isKept
    const was = want.state
    want.state = state
    if (state === 'missing') want.forgetCid()
    const evicted = place(partner, want, was)
    if (evicted !== undefined) this.#overflowed(partner, evicted, evicted === want)
    if (evicted === want) return false
    if (isOpen(want) !== wasOpen) {
      if (wasOpen) this.#wantedBy.delete(want.key, partner)
      else this.#wantedBy.add(want.key, partner)
    }
    return true
  }

  /** A want has no room. It is not met with silence: the partner may look elsewhere, and ask again later. */
  #overflowed(partner: Partner, want: Want, isNew: boolean): void {
    this.stat.overflowDropped++
    partner.overflowDropped++
    // One that is missing was counted when that was found.
    if (want.state !== 'missing') partner.misses.take()
    const wasAnswered = want.state === 'missing' && !isNew
    this.#drop(partner, want)
    if (want.sendDontHave && !wasAnswered) this.#say(partner, want, false)
  }

  #drop(partner: Partner, want: Want): void {
    if (isOpen(want)) this.#wantedBy.delete(want.key, partner)
    if (want.state === 'looking') this.#parts.lookups.forget(partner, want)
    partner.wants.delete(want)
    partner.queue.remove(want)
    want.state = 'gone'
  }

  #say(partner: Partner, want: WantEntry & { others?: CID[] | undefined }, have: boolean): void {
    if (!partner.presencesKnown) return
    if (!partner.presences.add(new NamedPresence(partsOf(want), have))) this.stat.presencesDropped++
    for (const other of want.others ?? []) partner.presences.add({ cid: other, key: want.key, have })
    this.#parts.changed(partner)
  }
}

/** Puts a want where it belongs by its state, which `was` another. Returns the one that has no place for it, or none. */
function place({ wants }: Partner, want: Want, was: WantState): Want | undefined {
  if (!want.isKept) return wants.add(want)
  if (want.state === 'missing' && was !== 'missing') return wants.missed(want)
  wants.changed(want)
  return undefined
}

function isOpen({ state }: Want): boolean {
  return state === 'looking' || state === 'missing'
}
