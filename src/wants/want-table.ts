import type { CID } from 'multiformats/cid'
import { FewMap, FewSet } from '../few.ts'
import type { CidKey, PeerId } from '../ids.ts'

/** Whoever wants a block: a session. Known by identity, so that releasing twice is harmless. */
export interface Holder {
  /** The block arrived and is stored. `from` is undefined when it was stored here by somebody else. */
  fulfilled(key: CidKey, bytes: Uint8Array, from: PeerId | undefined): void
  /** A peer that was asked said whether it has the block. */
  presence(key: CidKey, peer: PeerId, have: boolean): void
  /** A peer wants the block as well. */
  wantedToo?(peer: PeerId): void
  /** The block arrived and could not be stored: asking elsewhere cannot help. */
  failed(key: CidKey, error: Error): void
}

/** When a peer was asked for a block, and how much it had delivered by then. */
export interface Ask {
  readonly at: number
  readonly delivered: number
}

/** One block that is wanted here. */
export interface Want {
  readonly cid: CID
  readonly key: CidKey
  /** When somebody began to want it, by the clock of the one who holds it; in milliseconds. */
  readonly since: number
  /** Bounded: one entry a session that wants the block. */
  readonly holders: FewSet<Holder>
  /** Peers that were told of it, whatever they answered. Bounded: connected peers. */
  readonly told: FewSet<PeerId>
  /** Was anybody ever told of it? Who was may send the block late, though it left and came back since. */
  wasTold: boolean
  /** Peers asked for the bytes that have not answered. Bounded: connected peers. */
  readonly inFlight: FewMap<PeerId, Ask>
  /** True from the arrival of the block until it is stored: a twin that comes meanwhile is a duplicate. */
  claimed: boolean
}

/**
 * Keys of one generation that are remembered after their want ended, to tell a duplicate from a block nobody asked for:
 * those of half a minute at a thousand blocks a second, about 100 bytes each. What a slow link held up comes after all the
 * blocks that fast ones brought meanwhile.
 */
export const MAX_RECENT = 32_768

/** What we want, and for whom. Invariant 2: two holders and one release leave one holder. */
export class WantTable {
  /** Bounded: sessions × `maxOpenWants`. */
  readonly #wants = new Map<CidKey, Want>()
  /** Open wants per hash function and digest length: a block of another kind is dropped unhashed. Bounded: open wants. */
  readonly #kinds = new Map<number, number>()
  /** Bounded: MAX_RECENT; becomes #older when it is full, for two small sets are cheaper than one that forgets in turn. */
  #recent = new Set<CidKey>()
  /** Bounded: MAX_RECENT. */
  #older = new Set<CidKey>()

  get size(): number {
    return this.#wants.size
  }

  get(key: CidKey): Want | undefined {
    return this.#wants.get(key)
  }

  values(): IterableIterator<Want> {
    return this.#wants.values()
  }

  hold(cid: CID, key: CidKey, holder: Holder, now = 0): Want {
    let want = this.#wants.get(key)
    if (want === undefined) {
      want = {
        cid,
        key,
        since: now,
        holders: new FewSet(),
        told: new FewSet(),
        wasTold: false,
        inFlight: new FewMap(),
        claimed: false
      }
      this.#wants.set(key, want)
      this.#count(cid, 1)
    }
    want.holders.add(holder)
    return want
  }

  /** Returns the want when this was its last holder; it is forgotten then, and has to be cancelled where it was asked. */
  release(key: CidKey, holder: Holder): Want | undefined {
    const want = this.#wants.get(key)
    if (want?.holders.delete(holder) !== true || want.holders.size > 0) return undefined
    this.#remove(want)
    return want
  }

  /** Takes the want out because its block is here. */
  fulfil(key: CidKey): Want | undefined {
    const want = this.#wants.get(key)
    if (want === undefined) return undefined
    this.#remove(want)
    return want
  }

  /** Is any block of this hash function and digest length wanted now? A late twin of the last one is not. */
  awaits(code: number, length: number): boolean {
    return this.#kinds.has(kind(code, length))
  }

  wasRecent(key: CidKey): boolean {
    return this.#recent.has(key) || this.#older.has(key)
  }

  #remove(want: Want): void {
    this.#wants.delete(want.key)
    this.#count(want.cid, -1)
    // What nobody was asked for cannot come late.
    if (!want.wasTold && !want.claimed) return
    this.#recent.add(want.key)
    if (this.#recent.size < MAX_RECENT) return
    this.#older = this.#recent
    this.#recent = new Set()
  }

  #count(cid: CID, change: number): void {
    const id = kind(cid.multihash.code, cid.multihash.size)
    const count = (this.#kinds.get(id) ?? 0) + change
    if (count === 0) this.#kinds.delete(id)
    else this.#kinds.set(id, count)
  }
}

/** Digest lengths stay below 256, so code and length fit one number. */
function kind(code: number, length: number): number {
  return code * 256 + length
}
