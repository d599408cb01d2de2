import { churnSchedule, type ChurnShape, type Stay } from '../simulation/churn.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { ChurnOptions } from './scenario/scenario.ts'

/** What comes and goes, as far as coming and going needs it. */
export interface Comer {
  start(): Promise<void>
  stop(): Promise<void>
}

export interface PresenceParts {
  readonly churn: ChurnOptions
  readonly names: readonly string[]
  readonly comers: readonly Comer[]
  readonly random: SeededRandom
  readonly untilMs: number
  readonly sleepUntil: (atMs: number) => Promise<void>
  /** A peer is here again: the time for its connections. */
  readonly cameBack: (peer: number) => Promise<void>
}

/** Who is here. Peers come and go as their stays say, from the moment at which it is run. */
export class Presence {
  readonly #parts: PresenceParts
  /** Bounded: by the peers. */
  readonly #stays: readonly (readonly Stay[])[]
  /** Bounded: by the peers. */
  readonly #here = new Set<number>()
  /** Bounded: by the peers that are away and asked for; what is called when they are back. */
  readonly #awaited = new Map<number, (() => void)[]>()
  #isOver = false

  constructor(parts: PresenceParts) {
    this.#parts = parts
    const [shape, fates] = [shapeOf(parts.churn), parts.random.stream('churn')]
    this.#stays = parts.names.map((name) => churnSchedule(shape, name, fates, parts.untilMs))
  }

  isHere(peer: number): boolean {
    return this.#here.has(peer)
  }

  /** Undefined for a peer that is here. */
  whenBack(peer: number): Promise<void> | undefined {
    if (this.isHere(peer)) return undefined
    return new Promise((resolve) => this.#awaited.set(peer, [...(this.#awaited.get(peer) ?? []), resolve]))
  }

  /** Starts those that are here at the beginning. */
  async begin(): Promise<void> {
    for (const [peer, [first]] of this.#stays.entries()) {
      if (first?.joinMs !== 0) continue
      await this.#parts.comers[peer]?.start()
      this.#here.add(peer)
    }
  }

  /** Lets them come and go from now on, `startMs`, until it is over. */
  run(startMs: number, failed: (error: unknown) => void): void {
    for (const [peer, stays] of this.#stays.entries()) this.#live(peer, stays, startMs).catch(failed)
  }

  /** Everybody stays where they are. */
  end(): void {
    this.#isOver = true
  }

  async #live(peer: number, stays: readonly Stay[], startMs: number): Promise<void> {
    const { comers, sleepUntil, cameBack } = this.#parts
    for (const { joinMs, leaveMs } of stays) {
      if (joinMs > 0) {
        await sleepUntil(startMs + joinMs)
        if (this.#isOver) return
        await comers[peer]?.start()
        this.#here.add(peer)
        await cameBack(peer)
        for (const tell of this.#awaited.get(peer) ?? []) tell()
        this.#awaited.delete(peer)
      }
      await sleepUntil(startMs + leaveMs)
      if (this.#isOver || leaveMs >= this.#parts.untilMs) return
      this.#here.delete(peer)
      await comers[peer]?.stop()
    }
  }
}

/** Both kinds by their median; absences are exponential with the mean that is given. */
function shapeOf({ kind, median_ms, shape, off_ms }: ChurnOptions): ChurnShape {
  const absence = { kind: 'exponential', meanMs: off_ms } as const
  if (kind === 'weibull') {
    return { session: { kind, shape, scaleMs: rounded(median_ms / Math.LN2 ** (1 / shape)) }, absence }
  }
  const spread = shape ** 2
  const meanMs = rounded(median_ms * Math.exp(spread / 2))
  return { session: { kind, meanMs, sdMs: rounded(meanMs * Math.sqrt(Math.exp(spread) - 1)) }, absence }
}

/** Powers may differ in the last digit between machines. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
