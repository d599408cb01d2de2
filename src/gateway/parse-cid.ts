import type { CID } from 'multiformats/cid'
import { InvalidParametersError } from '../errors.ts'
import { readCid } from '../read-cid.ts'
import { GatewayError } from './gateway-error.ts'

/** Reads the CID of a request. Throws a 400 for what is none, or too long to be one. */
export function parseCid(text: string): CID {
  try {
    return readCid(text)
  } catch (cause) {
    if (cause instanceof InvalidParametersError) throw new GatewayError(400, cause.message, { cause })
    throw new GatewayError(400, 'the path holds no CID where one must be: expected /ipfs/<cid>', { cause })
  }
}
