import { ApiError } from '../api-error.ts'

interface Complaint {
  /** `parse` by default: a call that makes no sense. */
  readonly kind?: ApiError['kind']
  /** What stands before and after Kubo's words for this command. */
  readonly before?: string
  readonly after?: string
}

/** How `readDuration` refuses in a call that Kubo has as well: in its words. */
export function asKuboRefuses({ kind = 'parse', before = '', after = '' }: Complaint = {}): (text: string) => ApiError {
  return (text) => new ApiError(kind, `${before}time: invalid duration "${text}"${after}`)
}
