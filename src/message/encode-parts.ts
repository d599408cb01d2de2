import { assert } from '../errors.ts'
import { encodeMessage } from './encode-message.ts'
import { MAX_MESSAGE_BYTES } from './limits.ts'
import type { Message, WireBlock } from './message.ts'
import { blockBodySize, delimitedSize } from './size.ts'
import { varintLength, writeVarint } from './varint.ts'
import { hasPrefixedBlocks } from './wire-version.ts'
import type { WireVersion } from './wire-version.ts'

/** Blocks of at least this many bytes are not copied into the message: another part costs less than the copy. */
export const MIN_PART_BYTES = 32 * 1024

/**
 * A message with its length in front, what a stream carries, as a list of parts: the bytes of large blocks are parts of
 * their own, not copies. They must not be changed before the parts have been written.
 */
export function encodeFrameParts(message: Message, wire: WireVersion): Uint8Array[] {
  const large = message.blocks.filter(({ bytes }) => bytes.length >= MIN_PART_BYTES)
  const small =
    large.length === 0 ? message.blocks : message.blocks.filter(({ bytes }) => bytes.length < MIN_PART_BYTES)
  // Fields of a message may come in any order, so the large blocks come last. Room for the longest length in front.
  const rest = encodeMessage({ ...message, blocks: small }, wire, MAX_LENGTH_BYTES)
  const parts: Uint8Array[] = [rest]
  let size = rest.length - MAX_LENGTH_BYTES
  for (const block of large) {
    const head = blockHead(block, wire)
    parts.push(head, block.bytes)
    size += head.length + block.bytes.length
  }
  if (size > MAX_MESSAGE_BYTES) assert(false, `a message of ${size} bytes is too long for the wire`)
  const start = MAX_LENGTH_BYTES - varintLength(size)
  writeVarint(rest, start, size)
  parts[0] = rest.subarray(start)
  return parts
}

/** A varint of four bytes says lengths up to 256 MiB. */
const MAX_LENGTH_BYTES = 4

/** What comes before the bytes of a block in its field. */
function blockHead({ prefix, bytes }: WireBlock, wire: WireVersion): Uint8Array {
  if (!hasPrefixedBlocks(wire)) {
    const bare = new Uint8Array(1 + varintLength(bytes.length))
    bare[0] = 0x12
    writeVarint(bare, 1, bytes.length)
    return bare
  }
  const body = blockBodySize(prefix.length, bytes.length)
  const head = new Uint8Array(delimitedSize(body) - bytes.length)
  head[0] = 0x1a
  let at = writeVarint(head, 1, body)
  if (prefix.length > 0) {
    head[at++] = 0x0a
    at = writeVarint(head, at, prefix.length)
    head.set(prefix, at)
    at += prefix.length
  }
  head[at++] = 0x12
  writeVarint(head, at, bytes.length)
  return head
}
