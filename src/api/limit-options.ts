import { InvalidParametersError } from '../errors.ts'
import type { RateLimits } from '../exchange.ts'
import { parseBytes } from './byte-size.ts'

/** The limits of pace by the names of their options, in commands and in the API. */
export const LIMIT_OPTIONS = {
  upload: 'upload',
  download: 'download',
  'upload-per-peer': 'uploadPerPeer',
  'download-per-peer': 'downloadPerPeer'
} as const satisfies Readonly<Record<string, keyof RateLimits>>

/** Reads the limits that are given, as people write sizes. Throws `InvalidParametersError`. */
export function parseLimits(given: (option: string) => string | undefined): Partial<RateLimits> {
  const limits: Partial<Record<keyof RateLimits, number>> = {}
  for (const [option, name] of Object.entries(LIMIT_OPTIONS)) {
    const text = given(option)
    if (text === undefined) continue
    const bytes = parseBytes(text)
    if (bytes === undefined)
      throw new InvalidParametersError(`--${option} is ${text}: expected a size such as 10MB, or 0`)
    limits[name] = bytes
  }
  return limits
}
