import { hash as cryptoHash } from 'node:crypto'
import { createBLAKE2b, createBLAKE3, type IHasher } from 'hash-wasm'
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

interface HashFunction {
  readonly digest: (bytes: Uint8Array) => Uint8Array
  /** One character a byte. */
  readonly text: (bytes: Uint8Array) => string
}

/**
 * The hash functions that Barter accepts: sha2-256, sha2-512, sha3-224/256/384/512, and once loaded blake3 and
 * blake2b-256. Identity is not among them, for there is nothing to compute: `verifyBlock` compares it. The blake functions
 * are WebAssembly and take a moment to set up; every digest after that is synchronous.
 */
export class NodeHashers implements Hashers {
  /** Bounded: the eight functions named here. */
  readonly #byCode = new Map<number, HashFunction>([
    [SHA2_256_CODE, nodeFunction('sha256')],
    [SHA2_512_CODE, nodeFunction('sha512')],
    [SHA3_224_CODE, nodeFunction('sha3-224')],
    [SHA3_256_CODE, nodeFunction('sha3-256')],
    [SHA3_384_CODE, nodeFunction('sha3-384')],
    [SHA3_512_CODE, nodeFunction('sha3-512')]
  ])

  /** Sets up the blake functions; calling it again is harmless. */
  async load(): Promise<void> {
    if (this.#byCode.has(BLAKE3_CODE)) return
    const [blake3, blake2b] = await Promise.all([createBLAKE3(256), createBLAKE2b(256)])
    this.#byCode.set(BLAKE3_CODE, wasmFunction(blake3))
    this.#byCode.set(BLAKE2B_256_CODE, wasmFunction(blake2b))
  }

  has(code: number): boolean {
    return this.#byCode.has(code)
  }

  digest(code: number, bytes: Uint8Array): Uint8Array {
    return this.#function(code).digest(bytes)
  }

  digestText(code: number, bytes: Uint8Array): string {
    return this.#function(code).text(bytes)
  }

  #function(code: number): HashFunction {
    const found = this.#byCode.get(code)
    if (found === undefined) throw new UnsupportedHashError(`hash function 0x${code.toString(16)} is not supported`)
    return found
  }
}

/** All hash functions, loaded. */
export async function createHashers(): Promise<Hashers> {
  const hashers = new NodeHashers()
  await hashers.load()
  return hashers
}

/** Plain bytes, not a `Buffer`: a Buffer's `slice` shares memory, which surprises whoever expects a Uint8Array. */
function nodeFunction(algorithm: string): HashFunction {
  return {
    digest: (bytes) => {
      const digest = cryptoHash(algorithm, bytes, 'buffer')
      return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength)
    },
    text: (bytes) => cryptoHash(algorithm, bytes, 'binary')
  }
}

/** One stateful object, used again and again: safe because a digest starts and ends without a pause. */
function wasmFunction(hasher: IHasher): HashFunction {
  const digest = (bytes: Uint8Array): Uint8Array => hasher.init().update(bytes).digest('binary')
  return { digest, text: (bytes) => Buffer.from(digest(bytes)).toString('latin1') }
}
