import { dropOldest } from '../drop-oldest.ts'
import type { SearchView } from '../exchange-insight.ts'
import type { CidKey } from '../ids.ts'

/** The notes of one search, while it runs. */
export interface SearchNotes extends SearchView {
  endedAt: number | undefined
  found: number
  reached: number
  unreached: number
  /** Bounded: MAX_UNREACHED, the first ones. */
  readonly failures: SearchView['failures'][number][]
  error: string | undefined
}

/** Blocks of which the last search is remembered. */
export const MAX_OUTCOMES = 1_024
/** Reasons that are remembered of one search. */
export const MAX_UNREACHED = 4
const MAX_REASON = 200

/** Remembers what came of searches, for whoever asks why a block does not come. Pure: is told the time. */
export class SearchOutcomes {
  /** Bounded: MAX_OUTCOMES; the one begun longest ago goes first. */
  readonly #notes = new Map<CidKey, SearchNotes>()

  get(key: CidKey): SearchView | undefined {
    return this.#notes.get(key)
  }

  begin(key: CidKey, now: number): SearchNotes {
    const notes: SearchNotes = {
      startedAt: now,
      endedAt: undefined,
      found: 0,
      reached: 0,
      unreached: 0,
      failures: [],
      error: undefined
    }
    this.#notes.delete(key)
    this.#notes.set(key, notes)
    dropOldest(this.#notes, MAX_OUTCOMES)
    return notes
  }
}

/** A provider could not be reached. */
export function noteUnreached(notes: SearchNotes, name: string, error: unknown): void {
  notes.unreached++
  if (notes.failures.length < MAX_UNREACHED) notes.failures.push({ name, reason: shortReason(error) })
}

/** An error in one line. */
export function shortReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.slice(0, MAX_REASON)
}
