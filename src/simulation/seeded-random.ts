import type { Random } from '../ports.ts'

const MASK_64 = (1n << 64n) - 1n

/** The state of a xoshiro128** generator: four 32-bit integers, not all zero. */
export type Xoshiro128State = readonly [number, number, number, number]

/** The generator xoshiro128** 1.1 of Blackman and Vigna, put in the public domain at https://prng.di.unimi.it. */
export class Xoshiro128 {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor([a, b, c, d]: Xoshiro128State) {
    this.#a = a
    this.#b = b
    this.#c = c
    this.#d = d
  }

  /** The next 32 bits, as a signed integer. */
  next32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9)
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotateLeft(this.#d, 11)
    return result
  }
}

/**
 * The `Random` port from a seed: the same seed and name give the same numbers on every machine. Give each part of a world
 * a stream of its own (`root.stream('engine')`), so that one that draws once more does not disturb the others. Seed and
 * name are hashed with 64-bit FNV-1a, and the hash is spread over the state by splitmix64. Not for secrets.
 */
export class SeededRandom implements Random {
  readonly #origin: bigint
  readonly #bits: Xoshiro128

  constructor(seed: number | string, name = '') {
    this.#origin = fnv1a64(`${seed}/${name}`)
    const first = splitmix64(this.#origin, 1n)
    const second = splitmix64(this.#origin, 2n)
    this.#bits = new Xoshiro128([low32(first), low32(first >> 32n), low32(second), low32(second >> 32n)])
  }

  /** A generator that depends on this one's seed and on `name` alone, not on how much was drawn before. */
  stream(name: string): SeededRandom {
    return new SeededRandom(this.#origin.toString(16), name)
  }

  /** A number in [0, 1), of 53 random bits. */
  next(): number {
    const high = this.#bits.next32() >>> 5
    const low = this.#bits.next32() >>> 6
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** A new array with the same items in random order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const result = [...items]
    for (let left = result.length; left > 1; left--) result.push(...result.splice(this.below(left), 1))
    return result
  }
}

function low32(value: bigint): number {
  return Number(BigInt.asIntN(32, value))
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & MASK_64
  return hash
}

/** Output number `step`, from 1 on, of Vigna's splitmix64 (public domain, same site) for a 64-bit seed. */
export function splitmix64(seed: bigint, step: bigint): bigint {
  let z = (seed + step * 0x9e3779b97f4a7c15n) & MASK_64
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64
  return z ^ (z >> 31n)
}
