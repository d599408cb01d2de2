import type { ProvidingPart } from '../insight.ts'
import { spanText } from './times.ts'

/** Why others do not hear in time of what is here, in a sentence; undefined while they do, or while there are none. */
export function providingTrouble(providing: ProvidingPart | undefined): string | undefined {
  if (providing === undefined) return undefined
  const { state, behindMs, lastError } = providing
  const why = lastError === undefined ? '' : `: ${lastError}`
  if (state === 'paused') return `it is paused after failures, and goes on by itself${why}`
  return behindMs > 0 ? `at its pace so far, the round will end ${spanText(behindMs)} late` : undefined
}
