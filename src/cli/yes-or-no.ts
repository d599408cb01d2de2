import { InvalidParametersError } from '../errors.ts'

/** As Go reads them, and so Kubo. */
const YES: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'True', 'TRUE'])
const NO: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'False', 'FALSE'])

/** What stands after the sign, as in `--x=true`. Throws `InvalidParametersError` for other words. */
export function isYes(word: string): boolean {
  if (YES.has(word)) return true
  if (NO.has(word)) return false
  throw new InvalidParametersError(`"${word}" is neither true nor false`)
}
