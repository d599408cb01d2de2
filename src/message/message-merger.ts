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
import type { CidKey } from '../ids.ts'
import type { Message, WantType, WireBlock } from './message.ts'
import { type CidParts, NamedBlock, NamedPresence, NamedWant } from './named-block.ts'

export class MessageMerger {
  readonly #current: CidParts
  /** Bounded: MAX_WANTLIST_ENTRIES together with #cancels, by the decoder. */
  readonly #wants = new Map<CidKey, NamedWant>()
  /** Bounded: MAX_WANTLIST_ENTRIES together with #wants, by the decoder. */
  readonly #cancels = new Map<CidKey, NamedBlock>()
  /** Bounded: MAX_PRESENCES, by the decoder. */
  readonly #presences = new Map<CidKey, NamedPresence>()
  /** Bounded: MAX_BLOCKS_PER_MESSAGE, by the decoder. */
  readonly blocks: WireBlock[] = []
  full = false
  pendingBytes = 0

  constructor(current: CidParts) {
    this.#current = current
  }

  /** Takes back the block that is named now; the same goes for the others. */
  cancel(): void {
    const named = new NamedBlock(this.#current)
    if (this.#cancels.has(named.key)) return
    this.#wants.delete(named.key)
    this.#cancels.set(named.key, named)
  }

  want(type: WantType, priority: number, sendDontHave: boolean, ttl = 0): void {
    const want = new NamedWant(this.#current, type, priority, sendDontHave)
    if (ttl > 0) want.ttl = ttl
    if (this.#cancels.size > 0 && this.#cancels.has(want.key)) return
    const earlier = this.#wants.get(want.key)
    if (earlier === undefined) {
      this.#wants.set(want.key, want)
      return
    }
    if (earlier.type === type) earlier.priority = priority
    if (type === 'block') earlier.type = type
    if (sendDontHave) earlier.sendDontHave = true
    if (ttl > (earlier.ttl ?? 0)) earlier.ttl = ttl
  }

  presence(have: boolean): void {
    const presence = new NamedPresence(this.#current, have)
    const earlier = this.#presences.get(presence.key)
    if (earlier === undefined) this.#presences.set(presence.key, presence)
    else earlier.have = have
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
