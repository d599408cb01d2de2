import { BlockTooLargeError } from '../../errors.ts'
import { MAX_BLOCK_BYTES, PORTABLE_BLOCK_BYTES } from '../../message/limits.ts'

/** Throws `BlockTooLargeError`, in Kubo's words, for a block that peers would not take; `allowBig` leaves it to them. */
export function checkBlockSize({ byteLength }: Uint8Array, allowBig = false): void {
  if (byteLength > MAX_BLOCK_BYTES) {
    throw new BlockTooLargeError(`produced block is over ${MAX_BLOCK_BYTES} bytes, the most that bitswap carries`)
  }
  if (byteLength <= PORTABLE_BLOCK_BYTES || allowBig) return
  throw new BlockTooLargeError(
    `produced block is over 2MiB: big blocks can't be exchanged with other peers. consider using UnixFS for automatic chunking of bigger files, or pass --allow-big-block to override`
  )
}
