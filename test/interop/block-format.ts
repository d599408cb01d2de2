import { BLAKE3_CODE, IDENTITY_CODE, SHA2_256_CODE, SHA2_512_CODE } from '../../src/hashing/hash-codes.ts'
import type { CodecName, HashName } from './foreign-peer.ts'

/** The codes of the multicodec table. */
export const CODEC_CODES: Readonly<Record<CodecName, number>> = { raw: 0x55, 'dag-pb': 0x70, 'dag-cbor': 0x71 }

export const HASH_CODES: Readonly<Record<HashName, number>> = {
  'sha2-256': SHA2_256_CODE,
  'sha2-512': SHA2_512_CODE,
  blake3: BLAKE3_CODE,
  identity: IDENTITY_CODE
}
