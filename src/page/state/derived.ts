import { computed } from '@preact/signals'
import type { WantRow } from '../insight.ts'
import { live } from './app-state.ts'

/** The wants that have taken too long, the oldest first. */
export const stuckWants = computed<readonly WantRow[]>(() =>
  live.wants.shown.value.rows.filter((want) => want.stuckBecause !== undefined).sort((a, b) => a.since - b.since)
)

export const stuckCount = computed(() => stuckWants.value.length)

/** The lines of the log that tell of something wrong. */
export const troubleLines = computed(() =>
  live.log.value.filter(({ level }) => ['warn', 'error', 'fatal', 'panic', 'dpanic'].includes(level))
)
