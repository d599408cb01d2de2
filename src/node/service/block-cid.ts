import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { InvalidParametersError } from '../../errors.ts'
import {
  BLAKE2B_256_CODE,
  BLAKE3_CODE,
  IDENTITY_CODE,
  SHA2_256_CODE,
  SHA2_512_CODE,
  SHA3_224_CODE,
  SHA3_256_CODE,
  SHA3_384_CODE,
  SHA3_512_CODE
} from '../../hashing/hash-codes.ts'
import { MAX_DIGEST_BYTES } from '../../hashing/verify-block.ts'
import type { Hashers } from '../../ports.ts'

/** Codecs that a block may be named as, from the multicodec table. */
const CODECS: Readonly<Record<string, number>> = {
  raw: 0x55,
  'dag-pb': 0x70,
  'dag-cbor': 0x71,
  'libp2p-key': 0x72,
  'dag-json': 0x0129,
  cbor: 0x51,
  json: 0x0200,
  'git-raw': 0x78
}

/** The names under which users ask for the hash functions that Barter accepts. */
const HASHES: Readonly<Record<string, number>> = {
  'sha2-256': SHA2_256_CODE,
  'sha2-512': SHA2_512_CODE,
  'sha3-224': SHA3_224_CODE,
  'sha3-256': SHA3_256_CODE,
  'sha3-384': SHA3_384_CODE,
  'sha3-512': SHA3_512_CODE,
  blake3: BLAKE3_CODE,
  'blake2b-256': BLAKE2B_256_CODE
}

export const CODEC_NAMES: readonly string[] = Object.keys(CODECS)
export const HASH_NAMES: readonly string[] = Object.keys(HASHES)

export interface BlockCidOptions {
  readonly codec?: string
  readonly hash?: string
  readonly cidVersion?: 0 | 1
}

/** The CID of a block. Throws `InvalidParametersError` for a name that is unknown, and says which are known. */
export function blockCid(hashers: Hashers, bytes: Uint8Array, options: BlockCidOptions = {}): CID {
  const codec = lookUp('codec', CODECS, options.codec ?? 'raw')
  const hash = lookUp('hash function', HASHES, options.hash ?? 'sha2-256')
  const digest = hashers.digest(hash, bytes)
  if (options.cidVersion !== 0) return CID.createV1(codec, create(hash, digest))
  if (codec !== CODECS['dag-pb'] || hash !== SHA2_256_CODE) {
    throw new InvalidParametersError('a CID of version 0 is always dag-pb with sha2-256')
  }
  return CID.createV0(create(SHA2_256_CODE, digest))
}

export interface FileCidOptions {
  readonly hash?: string | undefined
  readonly cidVersion?: 0 | 1 | undefined
  /** Blocks of up to so many bytes are not stored: their CID is what they hold. */
  readonly inlineBytes?: number | undefined
}

/**
 * How the blocks of files get their CIDs. Throws `InvalidParametersError` for what cannot be had together, and for an
 * unknown hash function.
 */
export function fileCids(
  hashers: Hashers,
  { hash = 'sha2-256', cidVersion = 1, inlineBytes = -1 }: FileCidOptions = {}
): (codec: number, bytes: Uint8Array) => CID {
  const code = lookUp('hash function', HASHES, hash)
  if (cidVersion === 0 && code !== SHA2_256_CODE) {
    throw new InvalidParametersError('CIDv0 only supports sha2-256: leave out the hash, or ask for CIDs of version 1')
  }
  if (inlineBytes > MAX_DIGEST_BYTES) {
    throw new InvalidParametersError(
      `inline-limit ${inlineBytes} exceeds maximum allowed size of ${MAX_DIGEST_BYTES} bytes`
    )
  }
  return (codec, bytes) => {
    if (bytes.byteLength <= inlineBytes) return CID.createV1(codec, create(IDENTITY_CODE, bytes))
    const digest = hashers.digest(code, bytes)
    if (cidVersion === 1 || codec !== CODECS['dag-pb']) return CID.createV1(codec, create(code, digest))
    return CID.createV0(create(SHA2_256_CODE, digest))
  }
}

function lookUp(what: string, table: Readonly<Record<string, number>>, name: string): number {
  const code = Object.hasOwn(table, name) ? table[name] : undefined
  if (code === undefined) {
    throw new InvalidParametersError(`unknown ${what} "${name}": expected one of ${Object.keys(table).join(', ')}`)
  }
  return code
}
