import { formatDuration } from '../api/formats/duration.ts'
import { HEAL_ADVICE } from '../api/service/damage-advice.ts'
import type { WantRow } from '../api/service/insight-wants.ts'

/** A want says why it does not come only when it has been open for so long. */
const OPEN_MS = 5_000
/** Once it has waited for so long, that is told though nothing is new; the next time after twice as long. */
const AGAIN_AFTER_MS = 30_000

const NONE: ReadonlySet<string> = new Set()

/** What was said last: which want it was of, and every reason that was given for it. */
export interface Said {
  readonly id: string
  /** Bounded: by the reasons that there are. */
  readonly codes: ReadonlySet<string>
  /** Since when it is waited for, by the clock of whoever asks. */
  readonly since: number
  /** Once it has waited for so long, it is said again. */
  readonly againMs: number
}

export interface WaitingLine {
  /** `reason`: that was not told yet. `time`: nothing is new but how long it has been. Undefined: nothing to tell now. */
  readonly news: 'reason' | 'time' | undefined
  readonly line: string
  /** The same for a place that has room for little, and is drawn over. */
  readonly short: string
  readonly said: Said
}

/**
 * What to tell whoever waits for these wants, the oldest first; undefined as long as one of them goes on, or nothing is
 * wanted. A reason that comes and goes, as routing is asked again and again, is news once.
 */
export function waitingLine(wants: readonly WantRow[], before: Said | undefined, now: number): WaitingLine | undefined {
  const [first] = wants
  if (first?.stuckBecause === undefined || wants.some(({ stuckBecause }) => stuckBecause === undefined))
    return undefined
  const { id, damaged, stuckBecause } = first
  const known = before?.id === id ? before : { id, codes: NONE, since: now - OPEN_MS, againMs: AGAIN_AFTER_MS }
  const waitedMs = now - known.since
  const isDue = waitedMs >= known.againMs
  const what =
    damaged === true ? `the copy of ${id} here was damaged, and it is being fetched anew` : `waiting for ${id}`
  const waited = known === before ? ` (${formatDuration(waitedMs)} so far)` : ''
  const heal = damaged === true ? `; ${HEAL_ADVICE}` : ''
  return {
    news: known.codes.has(stuckBecause.code) ? (isDue ? 'time' : undefined) : 'reason',
    line: `${what}${waited}: ${stuckBecause.text} ("barter doctor ${id}" tells more${heal})`,
    short: `still waiting, ${formatDuration(waitedMs)}: ${stuckBecause.text}`,
    said: { ...known, codes: new Set([...known.codes, stuckBecause.code]), againMs: nextOf(known.againMs, waitedMs) }
  }
}

function nextOf(againMs: number, waitedMs: number): number {
  let next = againMs
  while (next <= waitedMs) next *= 2
  return next
}
