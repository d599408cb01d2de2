/**
 * The types of the contract lead to files of the core that name Node's `Buffer`. The page has none, and runs none of them:
 * this is as much of it as they mention.
 */
interface Buffer extends Uint8Array {
  toString(encoding?: string, start?: number, end?: number): string
}

declare const Buffer: {
  from(buffer: ArrayBufferLike, offset?: number, length?: number): Buffer
}
