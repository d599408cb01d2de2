import { MAX_DIGEST_BYTES, MIN_DIGEST_BYTES } from '../hashing/verify-block.ts'
import { multihashKey, type CidKey } from '../ids.ts'
import { MAX_BLOCK_BYTES } from '../message/limits.ts'
import type { WireBlock } from '../message/message.ts'
import { parsePrefix } from '../message/prefix.ts'
import type { Hashers } from '../ports.ts'

/** Why a block is not looked at further. `unwanted` blocks are dropped without hashing. */
export type Refusal = 'too-large' | 'bad-prefix' | 'unsupported-hash' | 'unwanted'

/**
 * The key of a block that arrived, or why it has none. The order keeps hostile bytes cheap: size, prefix, is any block of
 * this kind wanted, and only then the hash, by our own hasher.
 */
export function identify(
  block: WireBlock,
  awaits: (code: number, length: number) => boolean,
  hashers: Hashers
): { readonly key: CidKey } | { readonly refused: Refusal } {
  if (block.bytes.byteLength > MAX_BLOCK_BYTES) return { refused: 'too-large' }
  const prefix = parsePrefix(block.prefix)
  if (prefix === undefined || prefix.length < MIN_DIGEST_BYTES || prefix.length > MAX_DIGEST_BYTES) {
    return { refused: 'bad-prefix' }
  }
  if (!hashers.has(prefix.code)) return { refused: 'unsupported-hash' }
  if (!awaits(prefix.code, prefix.length)) return { refused: 'unwanted' }
  const digest = hashers.digest(prefix.code, block.bytes)
  if (digest.byteLength < prefix.length) return { refused: 'bad-prefix' }
  return { key: multihashKey(toMultihash(prefix.code, digest, prefix.length)) }
}

/** Code and length as varints, then the digest, cut to the length. */
function toMultihash(code: number, digest: Uint8Array, length: number): Uint8Array {
  const head: number[] = []
  for (const value of [code, length]) {
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) head.push((rest % 128) | 0x80)
    head.push(rest)
  }
  const multihash = new Uint8Array(head.length + length)
  multihash.set(head)
  multihash.set(digest.subarray(0, length), head.length)
  return multihash
}
