import type { CidKey, PeerId } from '../ids.ts'

/** What is known of a peer and a block. `unknown` also when it was known too long ago. */
export type PresenceState = 'have' | 'unknown' | 'dont-have'

/**
 * When a peer said that it does not have a block, in milliseconds on the clock of the one who recorded it; SAID_HAVE if it
 * said the opposite. A whole number, which takes no memory of its own: there may be hundreds for every want, looked at
 * again and again.
 */
type Evidence = number
const SAID_HAVE = -1

/** All that was said of one block. To be asked at once: what is said later may be in another. */
export class BlockEvidence {
  /** Bounded: by the table. */
  readonly #peers = new Map<PeerId, Evidence>()
  readonly #dontHaveTtlMs: number
  #haves = 0
  /** Something was said of it since it was last asked to make way. */
  isFresh = false

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

  /** How many said that they do not. */
  get denials(): number {
    return this.#peers.size - this.#haves
  }

  /** True when nothing was known of this peer. */
  record(peer: PeerId, have: boolean, now: number): boolean {
    const before = this.#peers.get(peer)
    this.#haves += Number(have) - Number(before === SAID_HAVE)
    this.#peers.set(peer, have ? SAID_HAVE : Math.ceil(now))
    return before === undefined
  }

  /** False when nothing was known of it. */
  forget(peer: PeerId): boolean {
    if (this.#peers.get(peer) === SAID_HAVE) this.#haves--
    return this.#peers.delete(peer)
  }

  /** How many there were. */
  forgetDenials(): number {
    const { denials } = this
    for (const [peer, evidence] of this.#peers) if (evidence !== SAID_HAVE) this.#peers.delete(peer)
    return denials
  }

  of(peer: PeerId, now: number): PresenceState {
    const evidence = this.#peers.get(peer)
    return evidence === undefined ? 'unknown' : this.#stateOf(evidence, now)
  }

  /** Who said so, but for what was said too long ago. */
  said(what: 'have' | 'dont-have', now: number): PeerId[] {
    const peers: PeerId[] = []
    for (const [peer, evidence] of this.#peers) if (this.#stateOf(evidence, now) === what) peers.push(peer)
    return peers
  }

  /** All that was said, but for what was said too long ago. */
  all(now: number): (readonly [peer: PeerId, presence: 'have' | 'dont-have'])[] {
    const said: (readonly [peer: PeerId, presence: 'have' | 'dont-have'])[] = []
    for (const [peer, evidence] of this.#peers) {
      const state = this.#stateOf(evidence, now)
      if (state !== 'unknown') said.push([peer, state])
    }
    return said
  }

  #stateOf(evidence: Evidence, now: number): PresenceState {
    if (evidence === SAID_HAVE) return 'have'
    return now < evidence + this.#dontHaveTtlMs ? 'dont-have' : 'unknown'
  }
}

/**
 * Who said what of which block, and when. A word is evidence with a time, not a truth: a later "dont-have" overrides a
 * "have", and a "dont-have" fades, because the peer may have got the block since.
 */
export class PresenceTable {
  /** Bounded: `max` pieces of evidence in all. Denials go first, then blocks, those not heard of for long before others. */
  readonly #blocks = new Map<CidKey, BlockEvidence>()
  /** Those that somebody denied. Bounded: a part of #blocks. */
  readonly #denied = new Map<CidKey, BlockEvidence>()
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
    let block = this.#blocks.get(key)
    if (block === undefined) this.#blocks.set(key, (block = new BlockEvidence(this.#dontHaveTtlMs)))
    else block.isFresh = true
    const { denials } = block
    if (block.record(peer, have, now)) this.#size++
    if (denials === 0 && !have) this.#denied.set(key, block)
    else if (denials > 0 && block.denials === 0) this.#denied.delete(key)
    if (this.#size > this.#max) this.#makeRoom(key)
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
    this.#denied.delete(key)
  }

  forgetPeer(peer: PeerId): void {
    for (const [key, block] of this.#blocks) {
      if (!block.forget(peer)) continue
      this.#size--
      if (block.denials === 0) this.#denied.delete(key)
      if (block.size === 0) this.#blocks.delete(key)
    }
  }

  /** What was said just now, of the block `last`, goes only when there is nothing else: whoever said it would be asked again. */
  #makeRoom(last: CidKey): void {
    const denied = oldestOf(this.#denied, last)
    const block = denied && this.#denied.get(denied)
    if (denied === undefined || block === undefined) {
      this.forget(oldestOf(this.#blocks, last) ?? last)
      return
    }
    this.#size -= block.forgetDenials()
    this.#denied.delete(denied)
    if (block.size === 0) this.#blocks.delete(denied)
  }
}

/** Those heard of again since they came, or stood here last, go to the end of the row instead. */
function oldestOf(blocks: Map<CidKey, BlockEvidence>, last: CidKey): CidKey | undefined {
  for (const [key, block] of blocks) {
    if (key === last) continue
    if (!block.isFresh) return key
    block.isFresh = false
    blocks.delete(key)
    blocks.set(key, block)
  }
  return undefined
}
