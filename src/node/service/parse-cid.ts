import type { CID } from 'multiformats/cid'
import { InvalidParametersError } from '../../errors.ts'
import { readCid } from '../../read-cid.ts'

/** A CID, or its path. Throws `InvalidParametersError`. */
export function parseCid(text: string): CID {
  try {
    return readCid(text.replace(/^\/ipfs\//u, ''))
  } catch (cause) {
    throw new InvalidParametersError(`${text} is no CID`, { cause })
  }
}
