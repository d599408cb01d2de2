import { validateHeaderName, validateHeaderValue } from 'node:http'
import * as z from 'zod'
import { passes } from './headers-key.ts'
import { duration, known, ownSection, structured } from './keys.ts'

/** `Barter.Telemetry`: metrics, handed to a collector of OpenTelemetry. */
export interface TelemetryConfig {
  /** Of the collector; `/v1/metrics` is added. Undefined: nothing is handed to anybody. */
  readonly endpoint: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly intervalMs: number
}

const URL_KIND = 'a URL such as http://127.0.0.1:4318, or nothing'
const HEADERS = 'an object of texts that can stand in headers'

const endpoint = z
  .string({ error: URL_KIND })
  .refine((value) => value === '' || (URL.canParse(value) && /^https?:/u.test(value)), { error: URL_KIND })
  .default('')

const isHeader = ([name, value]: [string, string]): boolean =>
  passes(() => validateHeaderName(name)) && passes(() => validateHeaderValue(name, value))

const headers = z
  .record(z.string(), z.string({ error: HEADERS }), { error: HEADERS })
  .refine((given) => Object.entries(given).every(isHeader), { error: HEADERS })
  .default({})

export const telemetrySchema = ownSection({
  Endpoint: known(endpoint, {
    description: 'Collector of OpenTelemetry (OTLP over HTTP, as JSON) that gets all metrics; empty for none.',
    form: 'text',
    kind: URL_KIND,
    missing: ''
  }),
  Headers: structured('Headers of what it gets: who is let in, mostly.', HEADERS, headers, {
    missing: {},
    isSecret: true
  }),
  Interval: duration('How often it gets them.', '1m', { min: 1_000 })
}).prefault({})

export function toTelemetry({ Endpoint, Headers, Interval }: z.output<typeof telemetrySchema>): TelemetryConfig {
  return { endpoint: Endpoint === '' ? undefined : Endpoint, headers: Headers, intervalMs: Interval }
}
