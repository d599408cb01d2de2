import type { PeerId } from '../ids.ts'
import type { PeerFeatures } from '../ports.ts'

export interface DoorParts {
  /** May this peer be dealt with? */
  readonly admits: (peer: PeerId) => boolean
  /** Those inside. */
  readonly peers: () => Iterable<PeerId>
  readonly enter: (peer: PeerId, features: PeerFeatures) => void
  readonly leave: (peer: PeerId) => void
  /** Ends the connections of a peer that may not be dealt with. */
  readonly expel: (peer: PeerId, reason: string) => void
}

const REASON = 'this peer is denied or banned'

/** Keeps out peers that are denied or banned, whatever the network lets through, and for as long as they are. */
export class Door {
  /** Times a peer was kept out. */
  refused = 0
  readonly #parts: DoorParts
  /** Connected, and kept out. Bounded: connected peers. */
  readonly #outside = new Map<PeerId, PeerFeatures>()

  constructor(parts: DoorParts) {
    this.#parts = parts
  }

  admits(peer: PeerId): boolean {
    const isAdmitted = this.#parts.admits(peer)
    if (!isAdmitted) this.refused++
    return isAdmitted
  }

  isOutside(peer: PeerId): boolean {
    return this.#outside.size > 0 && this.#outside.has(peer)
  }

  connected(peer: PeerId, features: PeerFeatures): void {
    if (this.admits(peer)) {
      this.#parts.enter(peer, features)
      return
    }
    this.#outside.set(peer, features)
    this.#parts.expel(peer, REASON)
  }

  disconnected(peer: PeerId): void {
    if (!this.#outside.delete(peer)) this.#parts.leave(peer)
  }

  /** Rules or bans changed: those that are no longer admitted leave, and those that are now come in. */
  review(): void {
    const { admits, peers, enter, expel } = this.#parts
    for (const [peer, features] of [...this.#outside]) {
      if (!admits(peer)) continue
      this.#outside.delete(peer)
      enter(peer, features)
    }
    // The network tells of their end in its own time, and in order with what they sent.
    for (const peer of [...peers()]) if (!admits(peer)) expel(peer, REASON)
  }

  /** The network is stopped: nobody is connected any more. */
  close(): void {
    this.#outside.clear()
  }
}
