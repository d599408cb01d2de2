import type { PeerId } from '../ids.ts'
import { trustScore, type Conduct } from './score.ts'
import { Strikes, type BanOptions } from './strikes.ts'

/** How fast a peer was, last seen. 0: not measured. */
export interface Measure {
  readonly latencyMs: number
  readonly bytesPerSecond: number
}

/** What an earlier process knew, with the time since. */
export interface PastTrust extends Conduct, Measure {
  readonly bans: number
  readonly reason: string
  /** How long ago this was so. */
  readonly ageMs: number
  /** How much of a ban is left now. */
  readonly banLeftMs: number
}

/** Decay is not worked out more often than this: it is asked for with every block. */
const DECAY_STEP_MS = 60_000

/**
 * How far one peer can be trusted: what it delivered, what it promised and did not, what it forged, how fast it is, and
 * whether it is banned. Counts lose half their weight every half-life. Pure: is told the time, in milliseconds of a clock
 * that only goes forward.
 */
export class Trust {
  readonly peer: PeerId
  readonly strikes: Strikes
  readonly #halfLifeMs: number
  #delivered = 0
  #broken = 0
  #mismatches = 0
  #decayedAt: number
  #measure: Measure = { latencyMs: 0, bytesPerSecond: 0 }

  constructor(peer: PeerId, halfLifeMs: number, bans: BanOptions, now: number) {
    this.peer = peer
    this.strikes = new Strikes(bans)
    this.#halfLifeMs = halfLifeMs
    this.#decayedAt = now
  }

  /** A block that was asked of it arrived. */
  delivered(now: number): void {
    if (now - this.#decayedAt > DECAY_STEP_MS) this.#decay(now)
    this.#delivered++
  }

  /** It said "have", was asked, and did not send. */
  broke(now: number): void {
    this.#decay(now)
    this.#broken++
  }

  /** It sent something else than it was asked for. True when it is banned for that from now on. */
  mismatched(reason: string, now: number): boolean {
    this.#decay(now)
    this.#mismatches++
    return this.strikes.strike(reason, now)
  }

  get measure(): Measure {
    return this.#measure
  }

  /** What is not measured leaves what was measured before. */
  measured({ latencyMs, bytesPerSecond }: Measure): void {
    this.#measure = {
      latencyMs: latencyMs > 0 ? latencyMs : this.#measure.latencyMs,
      bytesPerSecond: bytesPerSecond > 0 ? bytesPerSecond : this.#measure.bytesPerSecond
    }
  }

  conduct(now: number): Conduct {
    this.#decay(now)
    return { delivered: this.#delivered, broken: this.#broken, mismatches: this.#mismatches }
  }

  score(): number {
    return trustScore({ delivered: this.#delivered, broken: this.#broken, mismatches: this.#mismatches })
  }

  /** Adds what an earlier process knew. False, and no change, if it makes no sense. */
  restore(past: PastTrust, now: number): boolean {
    const { delivered, broken, mismatches, latencyMs, bytesPerSecond, bans, banLeftMs, ageMs } = past
    const numbers = [delivered, broken, mismatches, latencyMs, bytesPerSecond, bans]
    if (!numbers.every((value) => Number.isFinite(value) && value >= 0)) return false
    const left = this.#factor(ageMs)
    this.#decay(now)
    this.#delivered += delivered * left
    this.#broken += broken * left
    this.#mismatches += mismatches * left
    this.measured({ latencyMs: this.#measure.latencyMs || latencyMs, bytesPerSecond })
    this.strikes.restore(bans, banLeftMs, past.reason, now)
    return true
  }

  #decay(now: number): void {
    const left = this.#factor(now - this.#decayedAt)
    this.#decayedAt = now
    this.#delivered *= left
    this.#broken *= left
    this.#mismatches *= left
  }

  #factor(elapsedMs: number): number {
    return elapsedMs <= 0 ? 1 : 2 ** (-elapsedMs / this.#halfLifeMs)
  }
}
