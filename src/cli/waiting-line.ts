import type { WantRow } from '../api/service/insight-wants.ts'

/** What was said last: which want it was of, and every reason that was given for it. */
export interface Said {
  readonly id: string
  /** Bounded: by the reasons that there are. */
  readonly codes: ReadonlySet<string>
}

export interface WaitingLine {
  readonly line: string
  readonly said: Said
}

/**
 * What to tell whoever waits for these wants, the oldest first; undefined when there is nothing new to say, and as long as
 * one of them goes on. A reason that comes and goes, as routing is asked again and again, is told of once.
 */
export function waitingLine(wants: readonly WantRow[], before: Said | undefined): WaitingLine | undefined {
  const [first] = wants
  if (first?.stuckBecause === undefined || wants.some(({ stuckBecause }) => stuckBecause === undefined))
    return undefined
  const { id, damaged, stuckBecause } = first
  const codes = before?.id === id ? before.codes : new Set<string>()
  if (codes.has(stuckBecause.code)) return undefined
  const what =
    damaged === true ? `the copy of ${id} here was damaged, and it is being fetched anew` : `waiting for ${id}`
  return {
    line: `${what}: ${stuckBecause.text} ("barter doctor ${id}" tells more)`,
    said: { id, codes: new Set([...codes, stuckBecause.code]) }
  }
}
