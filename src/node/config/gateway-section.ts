import * as z from 'zod'
import { headersKey } from './headers-key.ts'
import { duration, known, section, wholeNumber } from './keys.ts'

/** `Gateway`: what the gateway serves, and how much of it. */
export interface GatewayConfig {
  /** Serve only what is here. Undefined: fetch for whoever is on this machine, and for nobody else. */
  readonly noFetch: boolean | undefined
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly retrievalTimeoutMs: number
  readonly maxRequestMs: number
  readonly maxConcurrentRequests: number
}

const FLAG = 'true, false or null'

export const gatewaySchema = section({
  NoFetch: known(z.boolean({ error: FLAG }).optional(), {
    description: 'Serve only blocks that are here, and fetch none for others.',
    form: 'flag',
    kind: FLAG,
    rule: 'false while Addresses.Gateway is on loopback, else true'
  }),
  HTTPHeaders: headersKey('Headers of every answer of the gateway.'),
  RetrievalTimeout: duration('Longest wait for one block, before an answer and within it.', '30s', { min: 1 }),
  MaxRequestDuration: duration('Longest time for one answer, however slowly it is read.', '1h', { min: 1 }),
  MaxConcurrentRequests: wholeNumber('Answers under way at a time; whoever comes beyond is told to come again.', {
    missing: 256,
    min: 1,
    max: 65_536
  })
}).prefault({})

export function toGateway(values: z.output<typeof gatewaySchema>): GatewayConfig {
  return {
    noFetch: values.NoFetch,
    headers: values.HTTPHeaders,
    retrievalTimeoutMs: values.RetrievalTimeout,
    maxRequestMs: values.MaxRequestDuration,
    maxConcurrentRequests: values.MaxConcurrentRequests
  }
}
