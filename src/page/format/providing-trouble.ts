import type { ProvidingPart } from '../insight.ts'
import { countOf } from './numbers.ts'
import { spanText } from './times.ts'

/** Why others do not hear in time of what is here, in a sentence; undefined while they do. */
export function providingTrouble(providing: ProvidingPart | undefined): string | undefined {
  if (providing === undefined) return undefined
  const { state, behindMs, queued, lastError } = providing
  const why = lastError === undefined ? '' : `: ${lastError}`
  if (state === 'paused') return `it is paused after failures, and goes on by itself${why}`
  if (state === 'waiting' && queued > 0) return `nobody is connected who could be told of ${countOf(queued, 'key')}`
  return behindMs > 0 ? `at its pace so far, the round will end ${spanText(behindMs)} late` : undefined
}
