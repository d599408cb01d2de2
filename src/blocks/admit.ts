import type { CID } from 'multiformats/cid'
import { UnsupportedHashError } from '../errors.ts'
import { IDENTITY_CODE } from '../hashing/hash-codes.ts'
import { MAX_DIGEST_BYTES, MIN_DIGEST_BYTES } from '../hashing/verify-block.ts'
import type { Hashers } from '../ports.ts'
import { requireCid } from '../require-cid.ts'

const NOTHING = new Uint8Array(0)

/**
 * May a block be asked for? The bytes of an identity CID, which holds its own block; undefined for one that can be fetched
 * and verified. Throws `UnsupportedHashError` for one that never could: it would be waited for in vain.
 */
export function admit(cid: CID, hashers: Hashers): Uint8Array | undefined {
  requireCid(cid)
  const { code, size, digest } = cid.multihash
  if (code === IDENTITY_CODE) {
    if (size <= MAX_DIGEST_BYTES) return digest
  } else if (hashers.has(code) && size >= MIN_DIGEST_BYTES && size <= digestLength(code, hashers)) {
    return undefined
  }
  throw new UnsupportedHashError(
    `${cid.toString()} cannot be fetched: hash function 0x${code.toString(16)} with a digest of ${size} bytes is not accepted`
  )
}

/** Bounded: hash functions of the hashers that are asked; they give digests of one length. */
const lengths = new WeakMap<Hashers, Map<number, number>>()

/** Bytes that a hash function gives: found out once by hashing nothing. */
function digestLength(code: number, hashers: Hashers): number {
  let known = lengths.get(hashers)
  if (known === undefined) lengths.set(hashers, (known = new Map<number, number>()))
  let length = known.get(code)
  if (length === undefined) known.set(code, (length = hashers.digest(code, NOTHING).byteLength))
  return Math.min(length, MAX_DIGEST_BYTES)
}
