import type { CidKey, PeerId } from '../ids.ts'
import type { BroadcastOptions } from '../options.ts'

/** What is known of a connected peer that nobody named, and that did not say it has the block. */
export interface Bystander {
  /** It sent, or said it has, something that was asked of it; before this connection counts as well. */
  readonly answered: boolean
  /** On this machine, on a private network, or of unknown address. */
  readonly isLocal: boolean
  /** Its owner and ours want the two to stay connected. */
  readonly isPeered: boolean
  /** Something is about to be sent to it anyway. */
  readonly isPending: boolean
}

/** May a bystander be asked for whatever is not known to be anywhere? Kubo's rules, and its names. */
export function isTarget(bystander: Bystander, options: BroadcastOptions): boolean {
  if (!options.enabled || bystander.answered) return true
  if (bystander.isLocal && !options.localPeers) return true
  if (bystander.isPeered && !options.peeredPeers) return true
  return bystander.isPending && options.sendToPendingPeers
}

/**
 * Some of those that are no targets, in an order that differs from block to block and is the same for each: as good as
 * chance, and over many blocks everybody has a turn.
 */
export function pick<One extends { readonly peer: PeerId }>(others: readonly One[], key: CidKey, count: number): One[] {
  if (count <= 0 || others.length === 0) return []
  const ranked = others.map((one) => ({ one, rank: hash(key, one.peer) }))
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ one }) => one)
}

/** FNV-1a over both, and the last stir of MurmurHash3: enough to spread; nothing depends on it being hard to guess. */
function hash(key: CidKey, peer: PeerId): number {
  let state = 0x811c9dc5
  for (const text of [key, peer]) {
    for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193)
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}

/** Which bystanders are asked for a block that nobody is known to have. Asked anew each time: peers change. */
export class BroadcastControl {
  readonly #options: BroadcastOptions
  readonly #known: (peer: PeerId) => Bystander

  constructor(options: BroadcastOptions, known: (peer: PeerId) => Bystander) {
    this.#options = options
    this.#known = known
  }

  isTarget(peer: PeerId): boolean {
    return !this.#options.enabled || isTarget(this.#known(peer), this.#options)
  }

  /** Most peers asked. */
  get maxPeers(): number {
    const { enabled, maxPeers } = this.#options
    return enabled && maxPeers >= 0 ? maxPeers : Infinity
  }

  /** Of those that are no targets, how many are asked all the same. */
  get maxRandomPeers(): number {
    return this.#options.maxRandomPeers
  }
}
