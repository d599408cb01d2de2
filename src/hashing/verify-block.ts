import type { CID } from 'multiformats/cid'
import { HashMismatchError, UnsupportedHashError } from '../errors.ts'
import type { Hashers } from '../ports.ts'
import { requireCid } from '../require-cid.ts'
import { IDENTITY_CODE } from './hash-codes.ts'

/** Shorter digests can be forged; longer ones nobody uses. The bounds that Boxo and Kubo apply. */
export const MIN_DIGEST_BYTES = 20
export const MAX_DIGEST_BYTES = 128

/** What the check of some bytes against a CID came to. */
export type Verdict = 'valid' | 'mismatch' | 'unsupported'

/**
 * Hashes `bytes` anew and compares with the multihash of `cid`. A digest may be truncated to 20 bytes or more; an identity
 * "digest" is the block itself, at most 128 bytes. `unsupported` says nothing of the bytes: the hash function is unknown
 * here, or the digest has a length that no block of it can have.
 */
export function checkBlock(hashers: Hashers, cid: CID, bytes: Uint8Array): Verdict {
  const { code, digest } = cid.multihash
  if (code === IDENTITY_CODE) {
    if (digest.byteLength > MAX_DIGEST_BYTES) return 'unsupported'
    return equalBytes(digest, bytes) ? 'valid' : 'mismatch'
  }
  if (digest.byteLength < MIN_DIGEST_BYTES || digest.byteLength > MAX_DIGEST_BYTES) return 'unsupported'
  if (!hashers.has(code)) return 'unsupported'
  const actual = hashers.digest(code, bytes)
  if (digest.byteLength > actual.byteLength) return 'unsupported'
  return equalBytes(digest, actual.subarray(0, digest.byteLength)) ? 'valid' : 'mismatch'
}

/** For blocks that a caller hands in. Throws `HashMismatchError` or `UnsupportedHashError`; returns when all is well. */
export function verifyBlock(hashers: Hashers, cid: CID, bytes: Uint8Array): void {
  requireCid(cid)
  if (!matches(hashers, cid, bytes)) {
    throw new HashMismatchError(`${bytes.byteLength} bytes do not hash to ${cid.toString()}`)
  }
}

/** For blocks read back, where a mismatch is an expected answer. Throws `UnsupportedHashError` when it cannot tell. */
export function matches(hashers: Hashers, cid: CID, bytes: Uint8Array): boolean {
  const verdict = checkBlock(hashers, cid, bytes)
  if (verdict !== 'unsupported') return verdict === 'valid'
  const { code, digest } = cid.multihash
  throw new UnsupportedHashError(
    `${cid.toString()} cannot be verified: hash function 0x${code.toString(16)} with a digest of ${digest.byteLength} bytes`
  )
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false
  for (let i = 0; i < a.byteLength; i++) {
    if (a[i] !== b[i]) return false
  }
  return true
}
