import { InvalidParametersError } from '../../errors.ts'

/** Milliseconds of each unit of a Go duration. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000
}

/** Longest delay that a timer of the runtime takes; a longer wish counts as this, 24 days. */
const MAX_DELAY_MS = 2 ** 31 - 1

/**
 * Milliseconds of a Go duration such as `1s`, `1000ms` or `1h30m`; undefined when it is none. Whole ones, as timers take
 * them: what is begun counts.
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/u.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/gu)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  }
  // To the nanosecond: 4.1 minutes are 245999.99999999997 ms.
  return Math.min(Math.ceil(Number(total.toFixed(6))), MAX_DELAY_MS)
}

/** `8.4 ms`, `42 s`, `3 min 05 s`, `2 h 10 min`, for people. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 1_000) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`
  if (ms < 10_000) return `${Number((Math.max(0, ms) / 1_000).toFixed(1))} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

interface Reading {
  /** Milliseconds that it must have. */
  readonly least?: number
  /** What is thrown for a text that is none, or too short a time. By default `InvalidParametersError` in our own words. */
  readonly refusal?: (text: string) => Error
}

/** Milliseconds of a duration that somebody gave. */
export function readDuration(text: string, { least = 0, refusal = noDuration }: Reading = {}): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms < least) throw refusal(text)
  return ms
}

function noDuration(text: string): Error {
  return new InvalidParametersError(`invalid duration "${text}": expected one like 30s or 1m30s`)
}
