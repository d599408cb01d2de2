import { hash as cryptoHash } from 'node:crypto'
import { createBLAKE2b, createBLAKE3 } from 'hash-wasm'
import { UnsupportedHashError } from '../errors.ts'
import type { Hashers } from '../ports.ts'
import {
  BLAKE2B_256_CODE,
  BLAKE3_CODE,
  SHA2_256_CODE,
  SHA2_512_CODE,
  SHA3_224_CODE,
  SHA3_256_CODE,
  SHA3_384_CODE,
  SHA3_512_CODE
} from './hash-codes.ts'

type Digest = (bytes: Uint8Array) => Uint8Array

/**
 * The hash functions that Barter accepts: sha2-256, sha2-512, sha3-224/256/384/512, and once loaded blake3 and
 * blake2b-256. Identity is not among them, for there is nothing to compute: `verifyBlock` compares it. The blake functions
 * are WebAssembly and take a moment to set up; every digest after that is synchronous.
 */
export class NodeHashers implements Hashers {
  /** Bounded: the eight functions named here. */
  readonly #byCode = new Map<number, Digest>([
    [SHA2_256_CODE, nodeDigest('sha256')],
    [SHA2_512_CODE, nodeDigest('sha512')],
    [SHA3_224_CODE, nodeDigest('sha3-224')],
    [SHA3_256_CODE, nodeDigest('sha3-256')],
    [SHA3_384_CODE, nodeDigest('sha3-384')],
    [SHA3_512_CODE, nodeDigest('sha3-512')]
  ])

  /** Sets up the blake functions; calling it again is harmless. */
  async load(): Promise<void> {
    if (this.#byCode.has(BLAKE3_CODE)) return
    const [blake3, blake2b] = await Promise.all([createBLAKE3(256), createBLAKE2b(256)])
    // One stateful object each, used again and again: safe because a digest starts and ends without a pause.
    this.#byCode.set(BLAKE3_CODE, (bytes) => blake3.init().update(bytes).digest('binary'))
    this.#byCode.set(BLAKE2B_256_CODE, (bytes) => blake2b.init().update(bytes).digest('binary'))
  }

  has(code: number): boolean {
    return this.#byCode.has(code)
  }

  digest(code: number, bytes: Uint8Array): Uint8Array {
    const digest = this.#byCode.get(code)
    if (digest === undefined) throw new UnsupportedHashError(`hash function 0x${code.toString(16)} is not supported`)
    return digest(bytes)
  }
}

/** All hash functions, loaded. */
export async function createHashers(): Promise<Hashers> {
  const hashers = new NodeHashers()
  await hashers.load()
  return hashers
}

/** Plain bytes, not a `Buffer`: a Buffer's `slice` shares memory, which surprises whoever expects a Uint8Array. */
function nodeDigest(algorithm: string): Digest {
  return (bytes) => {
    const digest = cryptoHash(algorithm, bytes, 'buffer')
    return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength)
  }
}
