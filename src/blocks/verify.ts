import { MAX_DIGEST_BYTES, MIN_DIGEST_BYTES } from '../hashing/verify-block.ts'
import { digestKey, type CidKey } from '../ids.ts'
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
  const digest = hashers.digestText(prefix.code, block.bytes)
  if (digest.length < prefix.length) return { refused: 'bad-prefix' }
  return { key: digestKey(prefix.code, digest, prefix.length) }
}
