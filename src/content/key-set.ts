/** One `Set` takes 16.7 million entries; so many of them take a store of 1,000 TiB in blocks of the usual size. */
const PARTS = 256

/** Keys of blocks, as many as a store may hold; about 100 bytes each. */
export class KeySet {
  /** Bounded: by the blocks that whoever fills it looks at, each of which is stored here. */
  readonly #parts: (Set<string> | undefined)[] = new Array<Set<string> | undefined>(PARTS).fill(undefined)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(key: string): boolean {
    return this.#parts[partOf(key)]?.has(key) === true
  }

  /** False when it was there. */
  add(key: string): boolean {
    const part = (this.#parts[partOf(key)] ??= new Set())
    if (part.has(key)) return false
    part.add(key)
    this.#size += 1
    return true
  }
}

/** By the last byte of the digest, which is as good as random. */
function partOf(key: string): number {
  return key.charCodeAt(key.length - 1) % PARTS
}
