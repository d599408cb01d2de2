import { ApiError } from '../api-error.ts'
import { parseDuration } from './duration.ts'

interface Complaint {
  /** `parse` by default: a call that makes no sense. */
  readonly kind?: ApiError['kind']
  /** Milliseconds that it must have. */
  readonly least?: number
  /** What stands before and after Kubo's words for this command. */
  readonly before?: string
  readonly after?: string
}

/** Milliseconds of a duration in a call. Throws what Kubo answers to a text that is none. */
export function readDuration(
  text: string,
  { kind = 'parse', least = 0, before = '', after = '' }: Complaint = {}
): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms < least) throw new ApiError(kind, `${before}time: invalid duration "${text}"${after}`)
  return ms
}
