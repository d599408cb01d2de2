/**
 * Puts the items of one message together, by the rules for a CID that comes up more than once:
 *
 *  - a cancel beats every want of its CID, before or after it;
 *  - a want-block beats a want-have; `sendDontHave` stays on once it is on;
 *  - a later want of the type at hand sets the priority, one of the other type does not;
 *  - the later of two presences counts.
 *
 * "The same CID" is the same multihash, as everywhere in Barter. Boxo also drops a presence whose block is in the
 * message; a block names no CID before it is hashed, so that is left to whoever hashes it.
 */
import type { CID } from 'multiformats/cid'
import type { CidKey } from '../ids.ts'
import type { CancelEntry, Message, Presence, WantType, WireBlock } from './message.ts'

/** The CID at hand; it is only built when it is the first of its key. */
export interface CurrentCid {
  key(): CidKey
  cid(): CID
}

interface Want {
  readonly cid: CID
  readonly key: CidKey
  type: WantType
  priority: number
  sendDontHave: boolean
}

export class MessageMerger {
  readonly #current: CurrentCid
  /** Bounded: MAX_WANTLIST_ENTRIES together with #cancels, by the decoder. */
  readonly #wants = new Map<CidKey, Want>()
  /** Bounded: MAX_WANTLIST_ENTRIES together with #wants, by the decoder. */
  readonly #cancels = new Map<CidKey, CancelEntry>()
  /** Bounded: MAX_PRESENCES, by the decoder. */
  readonly #presences = new Map<CidKey, Presence>()
  /** Bounded: MAX_BLOCKS_PER_MESSAGE, by the decoder. */
  readonly blocks: WireBlock[] = []
  full = false
  pendingBytes = 0

  constructor(current: CurrentCid) {
    this.#current = current
  }

  cancel(): void {
    const key = this.#current.key()
    if (this.#cancels.has(key)) return
    this.#wants.delete(key)
    this.#cancels.set(key, { cid: this.#current.cid(), key })
  }

  want(type: WantType, priority: number, sendDontHave: boolean): void {
    const key = this.#current.key()
    if (this.#cancels.size > 0 && this.#cancels.has(key)) return
    const want = this.#wants.get(key)
    if (want === undefined) {
      this.#wants.set(key, { cid: this.#current.cid(), key, type, priority, sendDontHave })
      return
    }
    if (want.type === type) want.priority = priority
    if (type === 'block') want.type = type
    if (sendDontHave) want.sendDontHave = true
  }

  presence(have: boolean): void {
    const key = this.#current.key()
    const earlier = this.#presences.get(key)
    this.#presences.set(key, { cid: earlier?.cid ?? this.#current.cid(), key, have })
  }

  message(): Message {
    return {
      full: this.full,
      wants: [...this.#wants.values()],
      cancels: [...this.#cancels.values()],
      presences: [...this.#presences.values()],
      blocks: this.blocks,
      pendingBytes: this.pendingBytes
    }
  }
}
