import { computed } from '@preact/signals'
import type { LogRow, WantRow } from '../insight.ts'
import { live } from './app-state.ts'

/** The wants that have taken too long, the oldest first. */
export const stuckWants = computed<readonly WantRow[]>(() =>
  live.wants.shown.value.rows.filter((want) => want.stuckBecause !== undefined).sort((a, b) => a.since - b.since)
)

export const stuckCount = computed(() => stuckWants.value.length)

const BAD_LEVELS: ReadonlySet<string> = new Set(['warn', 'error', 'fatal', 'panic', 'dpanic'])

/** A line of the log, and how often it stands there. */
export interface Trouble {
  readonly line: LogRow
  readonly times: number
}

/** The lines of the log that tell of something wrong, the newest first; equal ones are one. */
export const troubleLines = computed<readonly Trouble[]>(() => {
  const lines = new Map<string, Trouble>()
  for (const line of live.log.value) {
    if (!BAD_LEVELS.has(line.level)) continue
    const key = `${line.subsystem} ${line.message}`
    const times = (lines.get(key)?.times ?? 0) + 1
    // The last of them counts, and it comes last.
    lines.delete(key)
    lines.set(key, { line, times })
  }
  return [...lines.values()].reverse()
})
