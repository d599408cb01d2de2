import type { PeerId } from '../../../ids.ts'

/** Weight of the newest answer. */
const ALPHA = 0.5
/** A peer that is silent for longer is as slow as that, in milliseconds. */
const TIMEOUT_MS = 5_000

/** The peers of a session, and how fast each answers. */
export class PeerLatencies {
  /** Average in milliseconds; undefined for a peer that has not answered. Bounded: connected peers. */
  readonly #average = new Map<PeerId, number | undefined>()

  get size(): number {
    return this.#average.size
  }

  found(peer: PeerId): void {
    if (!this.#average.has(peer)) this.#average.set(peer, undefined)
  }

  answered(peer: PeerId, latencyMs: number): void {
    const before = this.#average.get(peer)
    this.#average.set(peer, before === undefined ? latencyMs : ALPHA * latencyMs + (1 - ALPHA) * before)
  }

  /** A peer of the session that was asked so long ago and said nothing. */
  silent(peer: PeerId, sinceMs: number): void {
    if (sinceMs >= TIMEOUT_MS && this.#average.has(peer)) this.answered(peer, TIMEOUT_MS)
  }

  left(peer: PeerId): void {
    this.#average.delete(peer)
  }

  /** The fastest first; those that have not answered yet come last. */
  ranked(may: (peer: PeerId) => boolean): PeerId[] {
    const known = [...this.#average].filter(([peer]) => may(peer))
    return known.toSorted(([, a], [, b]) => (a ?? Infinity) - (b ?? Infinity) || 0).map(([peer]) => peer)
  }
}
