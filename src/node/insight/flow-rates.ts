import type { Flow } from '../../api/service/insight-snapshot.ts'
import type { TrafficInsight } from '../../exchange-insight.ts'

/** Totals at one moment. */
interface Sample {
  readonly at: number
  readonly in: Flow
  readonly out: Flow
}

export interface FlowRates {
  readonly overMs: number
  readonly in: Flow
  readonly out: Flow
}

/** Rates are those of so long, in milliseconds, if somebody looked often enough. */
const WINDOW_MS = 5_000
/** Samples are at least so far apart. */
const SPACING_MS = 400

/** Bytes a second, made of totals whenever somebody looks: over the last seconds, or since the last look before. Pure. */
export class RateMeter {
  /** Bounded: those of a window, and one before. */
  readonly #samples: Sample[]

  constructor(now: number, traffic: TrafficInsight) {
    this.#samples = [{ at: now, ...flowsOf(traffic) }]
  }

  look(now: number, traffic: TrafficInsight): FlowRates {
    const sample = { at: now, ...flowsOf(traffic) }
    const samples = this.#samples
    while (samples.length > 1 && now - (samples[1]?.at ?? now) >= WINDOW_MS) samples.shift()
    const first = samples[0] ?? sample
    if (now - (samples.at(-1)?.at ?? 0) >= SPACING_MS) samples.push(sample)
    const overMs = Math.max(now - first.at, 1)
    return { overMs, in: rate(first.in, sample.in, overMs), out: rate(first.out, sample.out, overMs) }
  }
}

/** Totals, by what the bytes were good for. Where the network does not count, there is no overhead. */
export function flowsOf(traffic: TrafficInsight): { readonly in: Flow; readonly out: Flow } {
  const { payloadIn, duplicateIn, wireIn = 0, payloadOut, wireOut = 0 } = traffic
  return {
    in: { payload: payloadIn, duplicate: duplicateIn, overhead: Math.max(0, wireIn - payloadIn - duplicateIn) },
    out: { payload: payloadOut, duplicate: 0, overhead: Math.max(0, wireOut - payloadOut) }
  }
}

function rate(from: Flow, to: Flow, ms: number): Flow {
  const each = (name: keyof Flow): number => Math.max(0, Math.round(((to[name] - from[name]) * 1_000) / ms))
  return { payload: each('payload'), duplicate: each('duplicate'), overhead: each('overhead') }
}
