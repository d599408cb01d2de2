import { bases } from 'multiformats/basics'
import { CID } from 'multiformats/cid'
import { ApiError } from '../api-error.ts'
import { flag, text, type Call } from '../server/route.ts'

/**
 * How a command writes CIDs, by the options `cid-base` and `upgrade-cidv0-in-output`: as they are, or in another base. Only
 * base58btc can show a CID of version 0, which is one of version 1 in any other.
 */
export function cidEncoder(call: Call): (cid: string) => string {
  const base = baseOf(text(call, 'cid-base') ?? '')
  const upgrade = flag(call, 'upgrade-cidv0-in-output', base !== undefined && base.name !== 'base58btc')
  if (base === undefined && !upgrade) return (cid) => cid
  return (given) => {
    const cid = CID.parse(given)
    if (cid.version === 0 && !upgrade) return given
    return cid.toV1().toString(base?.encoder)
  }
}

/** By its name, or by the letter that stands before what is written in it; undefined when none is asked for. */
function baseOf(asked: string) {
  if (asked === '') return undefined
  const found = Object.values(bases).find(({ name, prefix }) => name === asked || prefix === asked)
  if (found !== undefined) return found
  const known = Object.keys(bases).join(', ')
  throw new ApiError('command', `unsupported multibase encoding: ${asked}: expected one of ${known}`, { code: 1 })
}
