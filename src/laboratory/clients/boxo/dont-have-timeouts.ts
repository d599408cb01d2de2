import type { CidKey, PeerId } from '../../../ids.ts'

/** As in Boxo, in milliseconds. */
const DEFAULT_MS = 5_000
const MAX_PROCESS_MS = 2_000
const MAX_MS = 7_000
const MIN_MS = 50
const PING_FACTOR = 3
const MESSAGE_FACTOR = 2
/** Weight of the newest answer, unless it is one of the first. */
const ALPHA = 0.5
/** An answer that took longer says nothing about the way. */
const MAX_SAMPLE_MS = 30_000

interface Timing {
  /** When each want-block was sent, oldest first. Bounded: wants told to the peer. */
  readonly sent: Map<CidKey, number>
  /** When each want was first sent that has had no answer. Bounded: wants told to the peer. */
  readonly unanswered: Map<CidKey, number>
  readonly pingMs: number | undefined
  averageMs: number
  samples: number
}

/**
 * How long a peer may take to answer a want-block before its silence counts as "dont-have": from its round trip as it was
 * when it was first asked, then from how long its answers take. Shared by the sessions of a client.
 */
export class DontHaveTimeouts {
  /** Bounded: connected peers. */
  readonly #peers = new Map<PeerId, Timing>()

  /** A want was told to a peer whose round trip is `pingMs`, where that is known. */
  asked(peer: PeerId, key: CidKey, isBlock: boolean, now: number, pingMs: number | undefined): void {
    const timing = this.#peers.get(peer) ?? newTiming(pingMs)
    this.#peers.set(peer, timing)
    if (!timing.unanswered.has(key)) timing.unanswered.set(key, now)
    if (isBlock && !timing.sent.has(key)) timing.sent.set(key, now)
  }

  /** The peer answered, with a block or a presence. The want stays under watch: only its end takes it from there. */
  answered(peer: PeerId, key: CidKey, now: number): void {
    const timing = this.#peers.get(peer)
    const at = timing?.unanswered.get(key)
    if (timing === undefined || at === undefined) return
    timing.unanswered.delete(key)
    const latencyMs = now - at
    if (latencyMs > MAX_SAMPLE_MS) return
    timing.samples++
    const weight = Math.max(1 / timing.samples, ALPHA)
    timing.averageMs = weight * latencyMs + (1 - weight) * timing.averageMs
  }

  /** Nobody wants the block any more. */
  ended(key: CidKey): void {
    for (const { sent, unanswered } of this.#peers.values()) {
      sent.delete(key)
      unanswered.delete(key)
    }
  }

  left(peer: PeerId): void {
    this.#peers.delete(peer)
  }

  /** Takes the want-blocks that were not answered in time. */
  takeExpired(now: number): readonly (readonly [PeerId, CidKey])[] {
    const expired: (readonly [PeerId, CidKey])[] = []
    for (const [peer, timing] of this.#peers) {
      const limitMs = limitOf(timing)
      for (const [key, at] of timing.sent) {
        if (at + limitMs > now) break
        timing.sent.delete(key)
        expired.push([peer, key])
      }
    }
    return expired
  }

  /** Wants that had no answer for so long; their time begins anew. */
  takeUnanswered(olderThanMs: number, now: number): readonly (readonly [PeerId, CidKey])[] {
    const stale: (readonly [PeerId, CidKey])[] = []
    for (const [peer, { unanswered }] of this.#peers) {
      for (const [key, at] of unanswered) {
        if (now - at < olderThanMs) continue
        unanswered.set(key, now)
        stale.push([peer, key])
      }
    }
    return stale
  }

  /** When the next one will be late. */
  nextAt(): number {
    let next = Infinity
    for (const timing of this.#peers.values()) {
      for (const at of timing.sent.values()) {
        next = Math.min(next, at + limitOf(timing))
        break
      }
    }
    return next
  }
}

function newTiming(pingMs: number | undefined): Timing {
  return { sent: new Map(), unanswered: new Map(), pingMs, averageMs: 0, samples: 0 }
}

function limitOf({ samples, averageMs, pingMs }: Timing): number {
  if (samples > 0) return clamp(MESSAGE_FACTOR * averageMs)
  return pingMs === undefined ? DEFAULT_MS : clamp(MAX_PROCESS_MS + PING_FACTOR * pingMs)
}

function clamp(ms: number): number {
  return Math.min(MAX_MS, Math.max(MIN_MS, ms))
}
