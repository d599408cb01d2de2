import { validateHeaderName, validateHeaderValue } from 'node:http'
import * as z from 'zod'
import { structured, textList } from './keys.ts'

const HEADERS = 'an object of lists of texts that can stand in headers'

const headerTexts = textList((text) => (passes(() => validateHeaderValue('x', text)) ? undefined : HEADERS))

/** `HTTPHeaders` of a server: the values of each header by its name. */
export function headersKey(description: string) {
  const headers = z
    .record(z.string(), headerTexts, { error: HEADERS })
    .refine((given) => Object.keys(given).every((name) => passes(() => validateHeaderName(name))), { error: HEADERS })
    .default({})
  return structured(description, 'an object of lists of texts', headers, { missing: {} })
}

/** Does it return, and not throw? */
export function passes(check: () => unknown): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}
