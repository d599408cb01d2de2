/** Blocks that any process can make alike: the same seed gives the same bytes. */
import { createCipheriv, createHash, hash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { create } from 'multiformats/hashes/digest'

const SHA2_256 = 0x12
const DIGEST_BYTES = 32

export interface BlockSet {
  readonly seed: string
  readonly count: number
  readonly blockBytes: number
}

export interface Block {
  readonly cid: CID
  readonly bytes: Uint8Array
}

/** The key stream of a cipher: cheap, and no compression or deduplication can shorten it. */
export function* blocks({ seed, count, blockBytes }: BlockSet): Generator<Block> {
  const key = createHash('sha256').update(seed).digest()
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  const zeros = Buffer.alloc(blockBytes)
  for (let index = 0; index < count; index++) {
    // Buffers of their own: a store that keeps them keeps nothing else.
    const bytes = Uint8Array.from(stream.update(zeros))
    yield { cid: rawCid(hash('sha256', bytes, 'buffer')), bytes }
  }
}

export function rawCid(digest: Uint8Array): CID {
  return CID.createV1(raw.code, create(SHA2_256, digest))
}

/** The CIDs of digests laid end to end, which is how they travel between processes. */
export function cidsOf(digests: Uint8Array): CID[] {
  const cids: CID[] = []
  for (let at = 0; at < digests.byteLength; at += DIGEST_BYTES) cids.push(rawCid(digests.slice(at, at + DIGEST_BYTES)))
  return cids
}

export function digestsOf(cids: readonly CID[]): Uint8Array {
  return Buffer.concat(cids.map((cid) => cid.multihash.digest))
}

/** The digests from one place to another, counted in CIDs. */
export function sliceDigests(digests: Uint8Array, from: number, to: number): Uint8Array {
  return digests.slice(from * DIGEST_BYTES, to * DIGEST_BYTES)
}
