import type { Hashers } from '../../src/ports.ts'

/** Counts digests, to show what is not hashed at all. */
export class CountingHashers implements Hashers {
  count = 0
  readonly #hashers: Hashers

  constructor(hashers: Hashers) {
    this.#hashers = hashers
  }

  load(): Promise<void> {
    return this.#hashers.load()
  }

  has(code: number): boolean {
    return this.#hashers.has(code)
  }

  digest(code: number, bytes: Uint8Array): Uint8Array {
    this.count++
    return this.#hashers.digest(code, bytes)
  }

  digestText(code: number, bytes: Uint8Array): string {
    this.count++
    return this.#hashers.digestText(code, bytes)
  }
}
