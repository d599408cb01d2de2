import { InvalidParametersError } from '../errors.ts'

/** An option that is given as `--x`, `--x=true` or `--x=false`. Throws for other words. */
export function isYes(value: boolean | string): boolean {
  // Of a short option, as in -r=false, the sign comes with the word.
  const word = String(value).replace(/^=/u, '')
  if (word === 'true') return true
  if (word === 'false') return false
  throw new InvalidParametersError(`"${String(value)}" is neither true nor false`)
}
