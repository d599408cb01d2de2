/**
 * Exact sizes on the wire in bytes, without encoding: to fill a message up to a target, and to encode it in one go.
 * Every size of an item includes its own tag and length, so that sizes can be added.
 */
import type { CID } from 'multiformats/cid'
import type { Message, Presence, WantEntry } from './message.ts'
import { cidLength } from './named-block.ts'
import { varintLength } from './varint.ts'
import { hasPrefixedBlocks } from './wire-version.ts'
import type { WireVersion } from './wire-version.ts'

const MAX_INT32 = 0x7fff_ffff
const MIN_INT32 = -0x8000_0000

/** Most that a message takes beside its items: the head of the wantlist, `full`, pendingBytes. */
export const MAX_MESSAGE_OVERHEAD_BYTES = 6 + 2 + 6

/** One want in a wantlist. */
export function entrySize(entry: WantEntry): number {
  return delimitedSize(wantBodySize(entry))
}

/** One cancel in a wantlist. */
export function cancelSize(cid: CID): number {
  return delimitedSize(cancelBodySize(cid))
}

export function presenceSize(presence: Presence): number {
  return delimitedSize(presenceBodySize(presence))
}

/** One block, of which only the lengths need be known. */
export function blockSize(prefixBytes: number, dataBytes: number, wire: WireVersion = '1.2.0'): number {
  return hasPrefixedBlocks(wire) ? delimitedSize(blockBodySize(prefixBytes, dataBytes)) : delimitedSize(dataBytes)
}

/** A whole message, without the length in front of it. */
export function encodedSize(message: Message, wire: WireVersion): number {
  let size = delimitedSize(wantlistBodySize(message))
  for (const { prefix, bytes } of message.blocks) size += blockSize(prefix.length, bytes.length, wire)
  if (!hasPrefixedBlocks(wire)) return size
  for (const presence of message.presences) size += presenceSize(presence)
  return size + optionalInt32Size(pendingInt32(message.pendingBytes))
}

/** A field of `bodyBytes` bytes with its tag (all tags of the schema take one byte) and its length. */
export function delimitedSize(bodyBytes: number): number {
  return 1 + varintLength(bodyBytes) + bodyBytes
}

export function wantlistBodySize(message: Message): number {
  let size = message.full ? 2 : 0
  for (const { cid } of message.cancels) size += cancelSize(cid)
  for (const want of message.wants) size += entrySize(want)
  return size
}

export function wantBodySize(want: WantEntry): number {
  return (
    delimitedSize(want.cid.bytes.length) +
    optionalInt32Size(toInt32(want.priority)) +
    (want.type === 'have' ? 2 : 0) +
    (want.sendDontHave ? 2 : 0) +
    (want.ttl === undefined ? 0 : optionalInt32Size(toInt32(want.ttl)))
  )
}

export function cancelBodySize(cid: CID): number {
  return delimitedSize(cid.bytes.length) + 2
}

export function presenceBodySize(presence: Presence): number {
  return delimitedSize(cidLength(presence)) + (presence.have ? 0 : 2)
}

/** Empty bytes are the default of the field, and left out. */
export function blockBodySize(prefixBytes: number, dataBytes: number): number {
  return (prefixBytes === 0 ? 0 : delimitedSize(prefixBytes)) + (dataBytes === 0 ? 0 : delimitedSize(dataBytes))
}

/** The nearest int32; fractions are cut, what is not a number is 0. */
export function toInt32(value: number): number {
  if ((value | 0) === value) return value
  if (Number.isNaN(value)) return 0
  return Math.trunc(Math.min(MAX_INT32, Math.max(MIN_INT32, value)))
}

export function pendingInt32(pendingBytes: number): number {
  return Math.max(0, toInt32(pendingBytes))
}

/** An int32 field; 0 is the default and left out, a negative number takes ten bytes. */
function optionalInt32Size(value: number): number {
  if (value === 0) return 0
  return 1 + (value < 0 ? 10 : varintLength(value))
}
