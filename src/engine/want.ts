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
export type WantState = 'looking' | 'missing' | 'queued' | 'sending' | 'cancelled' | 'gone'

/** Other CIDs of the same bytes that are kept for one want: version 0 or 1, `raw` or `dag-pb`. */
const MAX_OTHER_CIDS = 3

/** One want of one partner, as it changes. */
export class Want implements WantEntry {
  readonly key: CidKey
  /** With the key, the first CID under which the partner asked. */
  version: 0 | 1
  codec: number
  /**
   * Bounded: MAX_OTHER_CIDS. Further CIDs with this multihash under which the partner asked, undefined for none: it may
   * not know that they are one block, so each is answered.
   */
  others: CID[] | undefined
  type: WantType
  priority: number
  sendDontHave: boolean
  /** Order of arrival: the older goes first among equals. */
  readonly sequence: number
  state: WantState = 'looking'
  /** Bytes of the block, once queued. */
  size = 0
  /** Lookups begun; the answer of an older one is void. */
  lookups = 0
  /** Failed writes. */
  failures = 0
  /** The policy denies it: it stands as if the block were not here. */
  denied = false
  /** Place in the task queue, -1 outside. */
  queuePlace = -1
  /** Place in the order of eviction, -1 outside. */
  rankPlace = -1
  #cid: CID | undefined

  constructor(entry: WantEntry, sequence: number) {
    const { version, codec, key } = partsOf(entry)
    this.version = version
    this.codec = codec
    this.key = key
    this.type = entry.type
    this.priority = entry.priority
    this.sendDontHave = entry.sendDontHave
    this.sequence = sequence
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
    if (entry.type === 'block') this.type = 'block'
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
    this.version = first.version
    this.codec = first.code
    this.#cid = first
    this.others = rest.length > 0 ? rest : undefined
    return false
  }

  #alsoAs(cid: CID): void {
    this.others ??= []
    if (this.others.length < MAX_OTHER_CIDS && !this.others.some((other) => other.equals(cid))) this.others.push(cid)
  }
}

/** What a partner asks for, as others may see it: a line for each CID. */
export function viewsOf({ cid, others, key, type, priority, sendDontHave }: Want): readonly WantEntry[] {
  return [cid, ...(others ?? [])].map((each) => ({ cid: each, key, type, priority, sendDontHave }))
}
