import { InvalidParametersError } from '../../errors.ts'
import type { RateLimits } from '../../exchange.ts'
import type { LimitsInfo, PolicyService } from '../service/policy-service.ts'
import { parseBytes } from './byte-size.ts'

/** The limits of pace by the names of their options, in commands and in the API. */
export const LIMIT_OPTIONS = {
  upload: 'upload',
  download: 'download',
  'upload-per-peer': 'uploadPerPeer',
  'download-per-peer': 'downloadPerPeer'
} as const satisfies Readonly<Record<string, keyof RateLimits>>

/** What a call that sets, or shows, limits asks for: those of one peer, or those of all. */
export async function runLimits(
  policy: PolicyService,
  given: (option: string) => string | undefined,
  reset: boolean
): Promise<LimitsInfo> {
  const limits = parseLimits(given)
  const peer = given('peer')
  if (peer === undefined) {
    if (reset && Object.keys(limits).length > 0) {
      throw new InvalidParametersError('--reset takes back what peers were given: nothing goes beside it but --peer')
    }
    return reset ? await resetAll(policy) : await policy.limit(limits)
  }
  const { upload, download, ...others } = limits
  const isNone = upload === undefined && download === undefined
  if (Object.keys(others).length > 0 || isNone !== reset) {
    throw new InvalidParametersError('--peer needs --upload, --download, or both; or --reset, and nothing beside it')
  }
  return await policy.limitPeer(peer, { upload, download })
}

/** Takes back what each peer was given for itself. */
async function resetAll(policy: PolicyService): Promise<LimitsInfo> {
  let limits = await policy.limits()
  for (const { peer } of limits.peers) {
    limits = await policy.limitPeer(peer, { upload: undefined, download: undefined })
  }
  return limits
}

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
