import { CID } from 'multiformats/cid'
import { InvalidParametersError } from '../errors.ts'

/** A CID, or its path. Throws `InvalidParametersError`. */
export function parseCid(text: string): CID {
  try {
    return CID.parse(text.replace(/^\/ipfs\//u, ''))
  } catch (cause) {
    throw new InvalidParametersError(`${text} is no CID`, { cause })
  }
}
