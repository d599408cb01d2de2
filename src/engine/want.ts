import type { CID } from 'multiformats/cid'
import type { CidKey } from '../ids.ts'
import type { WantEntry, WantType } from '../message/message.ts'
import { cidOf, partsOf } from '../message/named-block.ts'

/**
 * Where a partner's want stands.
 * - `looking`: the store has not said yet whether the block is here (or it failed, and is asked again)
 * - `missing`: the block is not here; a standing want, answered when the block arrives
 * - `queued`: a task: the block is here and waits for its turn
 * - `sending`: the block is being read or written
 * - `cancelled`: as `sending`, but the partner no longer wants it
 * - `gone`: answered, taken back, pushed out, or the partner left
 */
export type WantState = (typeof STATES)[number]

const STATES = ['looking', 'missing', 'queued', 'sending', 'cancelled', 'gone'] as const

/** Other CIDs of the same bytes that are kept for one want: version 0 or 1, `raw` or `dag-pb`. */
const MAX_OTHER_CIDS = 3

/** What is kept in a few bits: a state (three of them), and what is so or not. */
const STATE_BITS = 0b111
const VERSION_1 = 1 << 3
const FOR_BLOCK = 1 << 4
const SEND_DONT_HAVE = 1 << 5
const DENIED = 1 << 6
/** Failed writes are counted in three bits from here on, lookups begun in those above. */
const FAILURE_SHIFT = 7
const MAX_FAILURE = 0b111
const LOOKUP_SHIFT = 10
const MAX_LOOKUP = 0xffff

/**
 * One want of one partner, as it changes. A hundred partners may have a hundred thousand of them that stand, so what is
 * small shares one number: that makes 104 bytes of 160.
 */
export class Want implements WantEntry {
  readonly key: CidKey
  /** With the key and the version, the first CID under which the partner asked. */
  codec: number
  /**
   * Bounded: MAX_OTHER_CIDS. Further CIDs with this multihash under which the partner asked, undefined for none: it may
   * not know that they are one block, so each is answered.
   */
  others: CID[] | undefined
  priority: number
  /** Order of arrival: the older goes first among equals. */
  readonly sequence: number
  /** Bytes of the block, once queued. */
  size = 0
  /** Place in the task queue, -1 outside. */
  queuePlace = -1
  /** Place in the order of eviction, or 0 while that is not needed; -1 where the want is not kept. */
  rankPlace = -1
  #bits: number
  #cid: CID | undefined

  constructor(entry: WantEntry, sequence: number) {
    const { version, codec, key } = partsOf(entry)
    this.codec = codec
    this.key = key
    this.priority = entry.priority
    this.sequence = sequence
    this.#bits =
      (version === 1 ? VERSION_1 : 0) |
      (entry.type === 'block' ? FOR_BLOCK : 0) |
      (entry.sendDontHave ? SEND_DONT_HAVE : 0)
    // Lines read from a message make their CID when they are asked for it; who has one at hand shares it.
    if (!('version' in entry)) this.#cid = entry.cid
  }

  /** Has it a place on its partner's list? */
  get isKept(): boolean {
    return this.rankPlace >= 0
  }

  get state(): WantState {
    return STATES[this.#bits & STATE_BITS] ?? 'gone'
  }

  set state(state: WantState) {
    this.#bits = (this.#bits & ~STATE_BITS) | STATES.indexOf(state)
  }

  get version(): 0 | 1 {
    return this.#has(VERSION_1) ? 1 : 0
  }

  get type(): WantType {
    return this.#has(FOR_BLOCK) ? 'block' : 'have'
  }

  get sendDontHave(): boolean {
    return this.#has(SEND_DONT_HAVE)
  }

  set sendDontHave(value: boolean) {
    this.#set(SEND_DONT_HAVE, value)
  }

  /** The policy denies it: it stands as if the block were not here. */
  get denied(): boolean {
    return this.#has(DENIED)
  }

  set denied(value: boolean) {
    this.#set(DENIED, value)
  }

  get failures(): number {
    return (this.#bits >> FAILURE_SHIFT) & MAX_FAILURE
  }

  /** A write of its block failed. Counted up to seven. */
  failed(): number {
    if (this.failures < MAX_FAILURE) this.#bits += 1 << FAILURE_SHIFT
    return this.failures
  }

  /** The lookup begun last: the answer of an older one is void. */
  get lookup(): number {
    return this.#bits >> LOOKUP_SHIFT
  }

  /** Another lookup begins, or the one under way is void. */
  nextLookup(): number {
    const lookup = (this.lookup + 1) & MAX_LOOKUP
    this.#bits = (this.#bits & ((1 << LOOKUP_SHIFT) - 1)) | (lookup << LOOKUP_SHIFT)
    return lookup
  }

  get cid(): CID {
    return (this.#cid ??= cidOf(this))
  }

  /** It may be a long time until the CID is needed again; until then it costs more than all the rest. */
  forgetCid(): void {
    this.#cid = undefined
  }

  /**
   * Takes up what the same want, told again, adds: a block beats a have, "say so if you lack it" sticks, the higher
   * priority counts. Nothing is ever downgraded; for that there are cancel and a full wantlist.
   */
  merge(entry: WantEntry): void {
    if (entry.type === 'block') this.#set(FOR_BLOCK, true)
    if (entry.sendDontHave) this.sendDontHave = true
    if (entry.priority > this.priority) this.priority = entry.priority
    const { version, codec } = partsOf(entry)
    if (version !== this.version || codec !== this.codec) this.#alsoAs(entry.cid)
  }

  /** The partner takes back what it asked under this CID. True if nothing is left to want. */
  withdraw(cid: CID): boolean {
    const others = this.others ?? []
    const left = [this.cid, ...others].filter((each) => !each.equals(cid))
    const [first, ...rest] = left
    // A cancel under a CID it never asked under means the block: wants are keyed by multihash.
    if (first === undefined || left.length > others.length) return true
    this.#set(VERSION_1, first.version === 1)
    this.codec = first.code
    this.#cid = first
    this.others = rest.length > 0 ? rest : undefined
    return false
  }

  #has(bit: number): boolean {
    return (this.#bits & bit) !== 0
  }

  #set(bit: number, value: boolean): void {
    this.#bits = value ? this.#bits | bit : this.#bits & ~bit
  }

  #alsoAs(cid: CID): void {
    this.others ??= []
    if (this.others.length < MAX_OTHER_CIDS && !this.others.some((other) => other.equals(cid))) this.others.push(cid)
  }
}

/** What a partner asks for, as others may see it: a line for each CID. To be looked at is no reason to keep the CID. */
export function viewsOf(want: Want): readonly WantEntry[] {
  const { others, key, type, priority, sendDontHave } = want
  return [cidOf(want), ...(others ?? [])].map((each) => ({ cid: each, key, type, priority, sendDontHave }))
}
