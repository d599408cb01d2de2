import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { decode } from 'multiformats/hashes/digest'
import { ApiError } from '../api-error.ts'

const LIBP2P_KEY = 0x72

/** A peer id in the form that `peerid-base` asks for: `b58mh` as everywhere, else a CID in that base. */
export function peerIdIn(base: string, peer: string): string {
  if (base === 'b58mh') return peer
  const encoder = [base32, base36, base58btc].find(({ name, prefix }) => base === name || base === prefix)
  if (encoder === undefined) {
    throw new ApiError('command', `unsupported peer id base: ${base}: expected b58mh, base32, base36 or base58btc`, {
      code: 1
    })
  }
  return CID.createV1(LIBP2P_KEY, decode(base58btc.decode(`z${peer}`))).toString(encoder.encoder)
}
