import type { PeerId } from '../../../ids.ts'
import type { Random } from '../../../ports.ts'

/** Chooses peers with a chance in proportion to how often each was the first to deliver, plus one. */
export class ResponseTracker {
  /** Bounded: peers of one session. */
  readonly #first = new Map<PeerId, number>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  delivered(peer: PeerId): void {
    this.#first.set(peer, (this.#first.get(peer) ?? 0) + 1)
  }

  left(peer: PeerId): void {
    this.#first.delete(peer)
  }

  choose(peers: readonly PeerId[]): PeerId | undefined {
    if (peers.length < 2) return peers[0]
    const total = peers.reduce((sum, peer) => sum + this.#weight(peer), 0)
    let left = this.#random.next() * total
    for (const peer of peers) {
      left -= this.#weight(peer)
      if (left < 0) return peer
    }
    return peers.at(-1)
  }

  #weight(peer: PeerId): number {
    return (this.#first.get(peer) ?? 0) + 1
  }
}
