import { stir } from '../small-hash.ts'
import { UnsupportedHashError } from '../errors.ts'
import { SHA2_256_CODE } from '../hashing/hash-codes.ts'
import { NodeHashers } from '../hashing/hashers.ts'
import type { Hashers } from '../ports.ts'

export interface VirtualHashersOptions {
  /** True sha2-256 of all bytes, as in production; each array of bytes is hashed once. */
  readonly realBytes?: boolean
}

const DIGEST_BYTES = 32
/** Bytes looked at, from either end of a block. */
const END_BYTES = 64

/**
 * The `Hashers` of a virtual world, under the code of sha2-256. By default the digest is a *virtual* one: of the length and
 * the first and last 64 bytes, which costs the same for a block of any size. It tells blocks of pseudo-random content
 * apart, and true ones from forged ones whose ends differ; it is no protection from anybody who knows it.
 */
export function virtualHashers(options: VirtualHashersOptions = {}): Hashers {
  return options.realBytes === true ? new RealHashers() : new EndHashers()
}

class EndHashers implements Hashers {
  readonly #scratch = Buffer.alloc(DIGEST_BYTES)

  load(): Promise<void> {
    return Promise.resolve()
  }

  has(code: number): boolean {
    return code === SHA2_256_CODE
  }

  digest(code: number, bytes: Uint8Array): Uint8Array {
    this.#compute(code, bytes)
    return new Uint8Array(this.#scratch)
  }

  digestText(code: number, bytes: Uint8Array): string {
    this.#compute(code, bytes)
    return this.#scratch.toString('latin1')
  }

  /** Two 32-bit accumulators over both ends, spread over the digest by the finaliser of MurmurHash3 (public domain). */
  #compute(code: number, bytes: Uint8Array): void {
    requireSha(code)
    const { length } = bytes
    const state: State = { a: Math.imul(length, 0x9e3779b1), b: ~length }
    const headEnd = Math.min(length, END_BYTES)
    absorb(state, bytes, 0, headEnd)
    absorb(state, bytes, Math.max(headEnd, length - END_BYTES), length)
    for (let word = 0; word < DIGEST_BYTES / 4; word++) {
      const value = stir(state.a + Math.imul(word, 0x9e3779b1)) ^ stir(state.b ^ Math.imul(word + 1, 0x85ebca6b))
      this.#scratch.writeInt32LE(value, word * 4)
    }
  }
}

/** Bytes are not changed once they are a block, so that an array that was hashed need not be hashed again. */
class RealHashers implements Hashers {
  readonly #hashers = new NodeHashers()
  /** Bounded: goes with the arrays it is about. */
  readonly #known = new WeakMap<Uint8Array, string>()

  load(): Promise<void> {
    return Promise.resolve()
  }

  has(code: number): boolean {
    return code === SHA2_256_CODE
  }

  digest(code: number, bytes: Uint8Array): Uint8Array {
    return new Uint8Array(Buffer.from(this.digestText(code, bytes), 'latin1'))
  }

  digestText(code: number, bytes: Uint8Array): string {
    requireSha(code)
    let text = this.#known.get(bytes)
    if (text === undefined) this.#known.set(bytes, (text = this.#hashers.digestText(code, bytes)))
    return text
  }
}

interface State {
  a: number
  b: number
}

function absorb(state: State, bytes: Uint8Array, start: number, end: number): void {
  let { a, b } = state
  for (let at = start; at < end; at += 4) {
    const word =
      (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
    a = Math.imul(a ^ word, 0x85ebca6b)
    a = ((a << 13) | (a >>> 19)) + b
    b = Math.imul(b ^ word, 0xc2b2ae35)
    b = ((b << 15) | (b >>> 17)) + a
  }
  state.a = a | 0
  state.b = b | 0
}

function requireSha(code: number): void {
  if (code !== SHA2_256_CODE) {
    throw new UnsupportedHashError(`hash function 0x${code.toString(16)}: a virtual world knows sha2-256 alone`)
  }
}
