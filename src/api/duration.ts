import { InvalidParametersError } from '../errors.ts'

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

/** Milliseconds of a Go duration such as `1s`, `1000ms` or `1h30m`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/u.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/gu)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  }
  return Math.min(total, MAX_DELAY_MS)
}

/** As `parseDuration`. Throws `InvalidParametersError` for a text that is none. */
export function requireDuration(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidParametersError(`invalid duration "${text}": expected one like 30s or 1m30s`)
  return ms
}
