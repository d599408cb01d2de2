/**
 * Boxo's session, but what nobody is known to have is asked of few at first: of the ten peers that served most blocks in
 * the last two hours, then of forty more, then of twice as many each time, after as long as most blocks took to come.
 * A step is a quarter longer than that time, and never shorter than `minStepMs`; before any block came it is `stepMs`.
 */
import type { Values } from '../../engine/strategies/parameters.ts'
import type { CidKey, PeerId } from '../../ids.ts'
import type { ClientWant } from './base/desk.ts'
import { BOXO_PARAMETERS, boxoClient } from './boxo/boxo-client.ts'
import type { BoxoHooks, BroadcastSteps, Hit } from './boxo/boxo-hooks.ts'
import { HitHistory } from './boxo/hit-history.ts'
import { defineClient } from './client-strategy.ts'

const PARAMETERS = {
  ...BOXO_PARAMETERS,
  first: { about: 'peers asked at first', unit: 'peers', fallback: 10, min: 1, max: 10_000 },
  second: {
    about: 'peers asked in the second step; twice as many in each further one',
    unit: 'peers',
    fallback: 40,
    min: 1,
    max: 10_000
  },
  quantile: { about: 'part of the blocks that came within one step', unit: 'parts', fallback: 0.75, min: 0, max: 1 },
  stepMs: { about: 'length of a step before any block came', unit: 'ms', fallback: 1_000, min: 1, max: 600_000 },
  minStepMs: { about: 'shortest step', unit: 'ms', fallback: 20, min: 1, max: 600_000 },
  memoryMs: { about: 'how long a block counts', unit: 'ms', fallback: 7_200_000, min: 1, max: 86_400_000 }
} as const

interface Step {
  /** Peers of the next step. */
  readonly size: number
  /** When the next step is due, in milliseconds. */
  readonly at: number
  /** Asked in the steps so far. Bounded: connected peers. */
  readonly asked: ReadonlySet<PeerId>
}

/** Whom to ask next for each want, and when. */
class Steps implements BoxoHooks, BroadcastSteps {
  readonly steps = this
  readonly #settings: Values<typeof PARAMETERS>
  readonly #history: HitHistory
  /** Bounded: open wants. */
  readonly #next = new Map<CidKey, Step>()

  constructor(settings: Values<typeof PARAMETERS>) {
    this.#settings = settings
    this.#history = new HitHistory(settings.memoryMs)
  }

  targets(peers: readonly PeerId[], { shared }: ClientWant, now: number): readonly PeerId[] {
    const { first, second } = this.#settings
    return this.#take(shared.key, peers, { count: first, next: second }, new Set(), now)
  }

  more({ shared }: ClientWant, peers: readonly PeerId[], now: number): readonly PeerId[] {
    const step = this.#next.get(shared.key)
    if (step === undefined) return []
    return this.#take(shared.key, peers, { count: step.size, next: 2 * step.size }, step.asked, now)
  }

  nextAt({ shared }: ClientWant): number {
    return this.#next.get(shared.key)?.at ?? Infinity
  }

  hit(hit: Hit): void {
    this.#history.add(hit)
  }

  ended({ shared }: ClientWant): void {
    this.#next.delete(shared.key)
  }

  #take(
    key: CidKey,
    peers: readonly PeerId[],
    { count, next }: { readonly count: number; readonly next: number },
    before: ReadonlySet<PeerId>,
    now: number
  ): readonly PeerId[] {
    const counts = this.#history.counts(now)
    const left = peers.filter((peer) => !before.has(peer))
    const ranked = left.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
    const targets = ranked.slice(0, count)
    // With nobody left, the session's own idle ticks go on.
    const at = left.length > targets.length ? now + this.#lengthMs(now) : Infinity
    this.#next.set(key, { size: next, at, asked: new Set([...before, ...targets]) })
    return targets
  }

  #lengthMs(now: number): number {
    const { quantile, stepMs, minStepMs } = this.#settings
    const latencyMs = this.#history.latencyMs(quantile, now)
    return Math.max(minStepMs, latencyMs === undefined ? stepMs : 1.25 * latencyMs)
  }
}

export const stepBroadcast = defineClient({
  name: 'step-broadcast',
  about:
    "Boxo's session, but what nobody is known to have is asked of a few peers at first, and of more and more in steps",
  source: 'ProbeLab RFM 16 (network-measurements), proposal of a stepwise broadcast',
  parameters: PARAMETERS,
  create: (world, settings) => boxoClient(world, settings, new Steps(settings))
})
