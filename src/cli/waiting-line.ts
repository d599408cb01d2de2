import { formatDuration } from '../api/formats/duration.ts'
import { HEAL_ADVICE } from '../api/service/damage-advice.ts'
import type { WantRow } from '../api/service/insight-wants.ts'

/** A want says why it does not come only when it has been open for so long. */
const OPEN_MS = 5_000
/** Once a command has waited for so long, that is told though nothing is new; the next time after twice as long. */
const AGAIN_AFTER_MS = 30_000
/** Between two looks at most so much counts as waited: longer apart, something went on. */
const MAX_STEP_MS = 10_000

const NONE: ReadonlySet<string> = new Set()

/** What was said so far, and how long there was something to say. */
export interface Said {
  /** The want that it was of the last time, and since when that is waited for, by the clock of whoever asks. */
  readonly id: string
  readonly since: number
  /** Every kind of reason that was given, for whatever want. Bounded: by the kinds that there are. */
  readonly kinds: ReadonlySet<string>
  /** When it was looked at last, and how long the command had waited by then, for all its wants. */
  readonly lookedAt: number
  readonly waitedMs: number
  /** Once it has waited for so long, it is said again. */
  readonly againMs: number
}

export interface WaitingLine {
  /**
   * Whether the line is to be told now. Everywhere a kind of reason is news that was not given yet. On a terminal a want is
   * that nothing was said of; elsewhere, where lines stay, it is news from time to time that the command waits still.
   */
  readonly isNews: boolean
  readonly line: string
  /** The same for a place that has room for little, and is drawn over. */
  readonly short: string
  readonly said: Said
}

/**
 * What to tell whoever waits for these wants, the oldest first; undefined as long as one of them goes on, or nothing is
 * wanted. A reason that comes and goes, as routing is asked again and again, is news once.
 */
export function waitingLine(
  wants: readonly WantRow[],
  before: Said | undefined,
  now: number,
  place: 'terminal' | 'log'
): WaitingLine | undefined {
  const [first] = wants
  if (first?.stuckBecause === undefined || wants.some(({ stuckBecause }) => stuckBecause === undefined))
    return undefined
  const { id, damaged, stuckBecause } = first
  const same = before?.id === id ? before : undefined
  const since = same?.since ?? now - OPEN_MS
  const kinds = before?.kinds ?? NONE
  const kind = damaged === true ? `damaged, ${stuckBecause.code}` : stuckBecause.code
  const waitedMs = before === undefined ? OPEN_MS : before.waitedMs + Math.min(now - before.lookedAt, MAX_STEP_MS)
  const againMs = before?.againMs ?? AGAIN_AFTER_MS
  const isDue = waitedMs >= againMs
  return {
    isNews: !kinds.has(kind) || (place === 'log' ? isDue : same === undefined),
    line: lineOf(first, stuckBecause.text, same && now - since),
    short: `still waiting, ${formatDuration(now - since)}: ${stuckBecause.text}`,
    said: {
      id,
      since,
      kinds: new Set([...kinds, kind]),
      lookedAt: now,
      waitedMs,
      againMs: isDue ? againMs * 2 : againMs
    }
  }
}

function lineOf({ id, damaged }: WantRow, why: string, waitedMs: number | undefined): string {
  const what =
    damaged === true ? `the copy of ${id} here was damaged, and it is being fetched anew` : `waiting for ${id}`
  const waited = waitedMs === undefined ? '' : ` (${formatDuration(waitedMs)} so far)`
  const heal = damaged === true ? `; ${HEAL_ADVICE}` : ''
  return `${what}${waited}: ${why} ("barter doctor ${id}" tells more${heal})`
}
