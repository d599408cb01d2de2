import { fnv1a, stir } from '../small-hash.ts'
import type { CidKey, PeerId } from '../ids.ts'

interface Place {
  readonly peer: PeerId
  readonly hash: number
}

/**
 * Peers in an order that differs from block to block and is the same for each: as good as chance, and over many blocks
 * everybody has a turn. They stand in a ring, and each block begins elsewhere.
 */
export class PeerRing {
  /** Bounded: connected peers. */
  readonly #places: readonly Place[]

  constructor(peers: readonly PeerId[]) {
    this.#places = peers.map((peer) => ({ peer, hash: hash(peer) })).sort((a, b) => a.hash - b.hash)
  }

  *from(key: CidKey): Generator<PeerId> {
    const { length } = this.#places
    const start = Math.floor((hash(key) / 2 ** 32) * length)
    for (let step = 0; step < length; step++) {
      const place = this.#places[(start + step) % length]
      if (place !== undefined) yield place.peer
    }
  }
}

/** A number from 0 to 2³² by which whatever has a name is put in an order, a different one for each salt. */
export function saltedHash(text: string, salt: string): number {
  return hash(salt + text)
}

/** Enough to spread; nothing depends on it being hard to guess. */
function hash(text: string): number {
  return stir(fnv1a(text)) >>> 0
}
