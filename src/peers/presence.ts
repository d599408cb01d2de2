import type { CidKey, PeerId } from '../ids.ts'

/** What is known of a peer and a block. `unknown` also when it was known too long ago. */
export type PresenceState = 'have' | 'unknown' | 'dont-have'

/**
 * When a peer said that it does not have a block, in milliseconds on the clock of the one who recorded it; SAID_HAVE if it
 * said the opposite. A number, for there may be hundreds for every want, looked at again and again.
 */
type Evidence = number
const SAID_HAVE = Infinity

/** All that was said of one block. To be asked at once: what is said later may be in another. */
export class BlockEvidence {
  /** Bounded: by the table. */
  readonly #peers = new Map<PeerId, Evidence>()
  readonly #dontHaveTtlMs: number
  #haves = 0

  constructor(dontHaveTtlMs: number) {
    this.#dontHaveTtlMs = dontHaveTtlMs
  }

  get size(): number {
    return this.#peers.size
  }

  /** How many said that they have it. */
  get haves(): number {
    return this.#haves
  }

  /** True when nothing was known of this peer. */
  record(peer: PeerId, have: boolean, now: number): boolean {
    const before = this.#peers.get(peer)
    this.#haves += Number(have) - Number(before === SAID_HAVE)
    this.#peers.set(peer, have ? SAID_HAVE : now)
    return before === undefined
  }

  /** False when nothing was known of it. */
  forget(peer: PeerId): boolean {
    if (this.#peers.get(peer) === SAID_HAVE) this.#haves--
    return this.#peers.delete(peer)
  }

  of(peer: PeerId, now: number): PresenceState {
    const evidence = this.#peers.get(peer)
    return evidence === undefined ? 'unknown' : this.#stateOf(evidence, now)
  }

  /** Who said what, but for what was said too long ago. */
  *all(now: number): Generator<readonly [peer: PeerId, presence: 'have' | 'dont-have']> {
    for (const [peer, evidence] of this.#peers) {
      const state = this.#stateOf(evidence, now)
      if (state !== 'unknown') yield [peer, state]
    }
  }

  #stateOf(evidence: Evidence, now: number): PresenceState {
    if (evidence === SAID_HAVE) return 'have'
    return now - evidence < this.#dontHaveTtlMs ? 'dont-have' : 'unknown'
  }
}

/**
 * Who said what of which block, and when. A word is evidence with a time, not a truth: a later "dont-have" overrides a
 * "have", and a "dont-have" fades, because the peer may have got the block since.
 */
export class PresenceTable {
  /** Bounded: `max` pieces of evidence in all; the block heard of longest ago goes first. */
  readonly #blocks = new Map<CidKey, BlockEvidence>()
  readonly #max: number
  readonly #dontHaveTtlMs: number
  #size = 0

  constructor(max: number, dontHaveTtlMs: number) {
    this.#max = max
    this.#dontHaveTtlMs = dontHaveTtlMs
  }

  get size(): number {
    return this.#size
  }

  record(peer: PeerId, key: CidKey, have: boolean, now: number): void {
    const block = this.#blocks.get(key) ?? new BlockEvidence(this.#dontHaveTtlMs)
    // Set anew, to stand last: the first of the map is the one heard of longest ago.
    this.#blocks.delete(key)
    this.#blocks.set(key, block)
    if (block.record(peer, have, now)) this.#size++
    if (this.#size > this.#max) this.#forgetOldest()
  }

  of(peer: PeerId, key: CidKey, now: number): PresenceState {
    return this.#blocks.get(key)?.of(peer, now) ?? 'unknown'
  }

  /** What was said of one block; undefined where nothing was. */
  about(key: CidKey): BlockEvidence | undefined {
    return this.#blocks.get(key)
  }

  /** The block is no longer wanted. */
  forget(key: CidKey): void {
    const block = this.#blocks.get(key)
    if (block === undefined) return
    this.#size -= block.size
    this.#blocks.delete(key)
  }

  forgetPeer(peer: PeerId): void {
    for (const [key, block] of this.#blocks) {
      if (!block.forget(peer)) continue
      this.#size--
      if (block.size === 0) this.#blocks.delete(key)
    }
  }

  #forgetOldest(): void {
    for (const key of this.#blocks.keys()) {
      this.forget(key)
      return
    }
  }
}
