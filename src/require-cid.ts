import { CID } from 'multiformats/cid'
import { InvalidParametersError } from './errors.ts'

/** For callers that no compiler checks: text in the place of a CID would fail far inside, in words that help nobody. */
export function requireCid(cid: CID): void {
  if (CID.asCID(cid) !== null) return
  const what = typeof cid === 'string' ? `the text "${String(cid)}"` : String(cid)
  throw new InvalidParametersError(`${what} is not a CID: pass CID.parse("bafy…"), of multiformats`)
}
