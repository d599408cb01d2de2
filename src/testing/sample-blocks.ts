import { hash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { SHA2_256_CODE } from '../hashing/hash-codes.ts'

export interface SampleBlock {
  readonly cid: CID
  readonly bytes: Uint8Array
}

/** A block with the CID that its bytes hash to: raw, version 1, sha2-256. */
export function blockOf(bytes: Uint8Array): SampleBlock {
  const digest = hash('sha256', bytes, 'buffer')
  return { cid: CID.createV1(raw.code, Digest.create(SHA2_256_CODE, digest)), bytes }
}

/** A block of a given size, the same for the same number each time and different for different ones. */
export function numberedBlock(number: number, size = 64): SampleBlock {
  const bytes = new Uint8Array(size)
  let state = Math.imul(number + 1, 0x9e3779b1) >>> 0
  for (let i = 0; i < size; i++) {
    // An xorshift generator: any mixing would do, as long as it repeats.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state
  }
  return blockOf(bytes)
}
