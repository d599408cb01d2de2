import type { PeerId } from '../../../ids.ts'
import { quantile } from '../base/sample.ts'
import type { Hit } from './boxo-hooks.ts'

/** Hits kept at most: enough for any share of them to mean something. */
const MAX_HITS = 4_096

/** The blocks that came of late: from whom, and how long after they were wanted. */
export class HitHistory {
  /** Bounded: MAX_HITS and as many again, oldest out first. */
  #hits: Hit[] = []
  readonly #memoryMs: number

  constructor(memoryMs: number) {
    this.#memoryMs = memoryMs
  }

  add(hit: Hit): void {
    this.#hits.push(hit)
    if (this.#hits.length >= 2 * MAX_HITS) this.#hits = this.#hits.slice(-MAX_HITS)
  }

  /** How long a part `share` of the hits took at most, in milliseconds; undefined without hits. */
  latencyMs(share: number, now: number): number | undefined {
    const recent = this.#recent(now).map((hit) => hit.latencyMs)
    return quantile(recent, share)
  }

  /** Blocks that came from each peer. */
  counts(now: number): ReadonlyMap<PeerId, number> {
    const counts = new Map<PeerId, number>()
    for (const { peer } of this.#recent(now)) counts.set(peer, (counts.get(peer) ?? 0) + 1)
    return counts
  }

  #recent(now: number): readonly Hit[] {
    const first = this.#hits.findIndex((hit) => now - hit.now <= this.#memoryMs)
    this.#hits = first < 0 ? [] : this.#hits.slice(first)
    return this.#hits
  }
}
