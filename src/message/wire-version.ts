/** What the stream's protocol id says of the message form. `unversioned` is `/ipfs/bitswap`, older than 1.0.0. */
export type WireVersion = '1.2.0' | '1.1.0' | '1.0.0' | 'unversioned'

/**
 * Blocks travel with a prefix, presences and pendingBytes exist. Without it a block is bare bytes, meant as CIDv0.
 * 1.1.0 has the same form as 1.2.0; that its peers do not answer with presences is for the caller to know.
 */
export function hasPrefixedBlocks(wire: WireVersion): boolean {
  return wire === '1.2.0' || wire === '1.1.0'
}
