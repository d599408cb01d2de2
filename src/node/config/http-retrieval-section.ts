import type * as z from 'zod'
import { MAX_BLOCK_BYTES } from '../../message/limits.ts'
import type { HttpRetrievalOptions } from '../../network/http/http-options.ts'
import { bytes, flag, section, texts, wholeNumber } from './keys.ts'

/** `HTTPRetrieval`: blocks from HTTP gateways, beside bitswap. */
export interface HttpRetrievalConfig extends Partial<HttpRetrievalOptions> {
  readonly enabled: boolean
}

const HOST = 'a host name or IP address, without a port'
const hostComplaint = (text: string): string | undefined => (/^[\w.:-]+$/u.test(text) ? undefined : HOST)

export const httpRetrievalSchema = section({
  Enabled: flag('Fetch blocks from HTTP gateways that routing or a user names.', true),
  Allowlist: texts(
    'Hosts to fetch from, and no others; one named here may be on a private network.',
    HOST,
    hostComplaint
  ),
  Denylist: texts('Hosts never to fetch from.', HOST, hostComplaint),
  NumWorkers: wholeNumber('Requests under way at a time, over all hosts.', { missing: 16, min: 1, max: 1_024 }),
  MaxBlockSize: bytes('Largest block taken; bitswap carries nearly 4 MiB.', '2MiB'),
  TLSInsecureSkipVerify: flag('Take any certificate: for tests alone.', false)
}).prefault({})

export function toHttpRetrieval(values: z.output<typeof httpRetrievalSchema>): HttpRetrievalConfig {
  return {
    enabled: values.Enabled,
    allowlist: values.Allowlist,
    denylist: values.Denylist,
    workers: values.NumWorkers,
    maxBlockBytes: Math.min(values.MaxBlockSize, MAX_BLOCK_BYTES),
    insecureTls: values.TLSInsecureSkipVerify
  }
}
