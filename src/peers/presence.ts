import type { CidKey, PeerId } from '../ids.ts'

/** What is known of a peer and a block. `unknown` also when it was known too long ago. */
export type PresenceState = 'have' | 'unknown' | 'dont-have'

/**
 * When a peer said that it does not have a block, in milliseconds on the clock of the one who recorded it; SAID_HAVE if it
 * said the opposite. A number, for there may be hundreds for every want, looked at again and again.
 */
type Evidence = number
const SAID_HAVE = Infinity

/**
 * Who said what of which block, and when. A word is evidence with a time, not a truth: a later "dont-have" overrides a
 * "have", and a "dont-have" fades, because the peer may have got the block since.
 */
export class PresenceTable {
  /** Bounded: `max` pieces of evidence in all; the block heard of longest ago goes first. */
  readonly #blocks = new Map<CidKey, Map<PeerId, Evidence>>()
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
    const peers = this.#blocks.get(key) ?? new Map<PeerId, Evidence>()
    // Set anew, to stand last: the first of the map is the one heard of longest ago.
    this.#blocks.delete(key)
    this.#blocks.set(key, peers)
    if (!peers.has(peer)) this.#size++
    peers.set(peer, have ? SAID_HAVE : now)
    if (this.#size > this.#max) this.#forgetOldest()
  }

  of(peer: PeerId, key: CidKey, now: number): PresenceState {
    const evidence = this.#blocks.get(key)?.get(peer)
    return evidence === undefined ? 'unknown' : this.#stateOf(evidence, now)
  }

  /** Who said what of one block, but for what was said too long ago. */
  *all(key: CidKey, now: number): Generator<readonly [peer: PeerId, presence: 'have' | 'dont-have']> {
    for (const [peer, evidence] of this.#blocks.get(key) ?? []) {
      const state = this.#stateOf(evidence, now)
      if (state !== 'unknown') yield [peer, state]
    }
  }

  #stateOf(evidence: Evidence, now: number): PresenceState {
    if (evidence === SAID_HAVE) return 'have'
    return now - evidence < this.#dontHaveTtlMs ? 'dont-have' : 'unknown'
  }

  /** The block is no longer wanted. */
  forget(key: CidKey): void {
    const peers = this.#blocks.get(key)
    if (peers === undefined) return
    this.#size -= peers.size
    this.#blocks.delete(key)
  }

  forgetPeer(peer: PeerId): void {
    for (const [key, peers] of this.#blocks) {
      if (!peers.delete(peer)) continue
      this.#size--
      if (peers.size === 0) this.#blocks.delete(key)
    }
  }

  #forgetOldest(): void {
    for (const key of this.#blocks.keys()) {
      this.forget(key)
      return
    }
  }
}
