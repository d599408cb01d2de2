/**
 * Writes messages. Together with `decode-message.ts` the only place that knows the wire schema:
 *
 *   Message  { 1 wantlist, 2 blocks (bytes, 1.0), 3 payload (1.1+), 4 presences (1.2), 5 pendingBytes int32 }
 *   Wantlist { 1 entries, 2 full }
 *   Entry    { 1 cid, 2 priority int32, 3 cancel, 4 wantType (0 block, 1 have), 5 sendDontHave, 6 ttl int32 (RFC BB-L1-02) }
 *   Block    { 1 prefix, 2 data }          Presence { 1 cid, 2 type (0 have, 1 dont-have) }
 *
 * The size is computed first, then everything is written into one buffer: a stream pays per piece it is given, and
 * block bytes are copied once.
 */
import type { CID } from 'multiformats/cid'
import type { Message, Presence, WantEntry, WireBlock } from './message.ts'
import { cidLength, writeCid } from './named-block.ts'
import {
  blockBodySize,
  cancelBodySize,
  encodedSize,
  pendingInt32,
  presenceBodySize,
  toInt32,
  wantBodySize,
  wantlistBodySize
} from './size.ts'
import { writeVarint } from './varint.ts'
import { hasPrefixedBlocks } from './wire-version.ts'
import type { WireVersion } from './wire-version.ts'

/** Up to this many bytes a loop is faster than `set`. */
const SMALL_COPY = 64

/**
 * A message as it goes on the wire of a version, without a length in front. The first `reserve` bytes of the result
 * are left for the caller to fill. Every part of the message is valid input, however long.
 */
export function encodeMessage(message: Message, wire: WireVersion, reserve = 0): Uint8Array {
  const target = allocate(reserve + encodedSize(message, wire))
  writeMessage(target, reserve, message, wire)
  return target
}

/** Small messages come from Node's pool: they are gone once written, and memory of their own takes four times as long. */
function allocate(bytes: number): Uint8Array {
  const memory = Buffer.allocUnsafe(bytes)
  return new Uint8Array(memory.buffer, memory.byteOffset, bytes)
}

function writeMessage(target: Uint8Array, offset: number, message: Message, wire: WireVersion): void {
  let at = writeWantlist(target, offset, message)
  if (!hasPrefixedBlocks(wire)) {
    for (const { bytes } of message.blocks) at = writeBytes(target, at, 0x12, bytes)
    return
  }
  for (const block of message.blocks) at = writeBlock(target, at, block)
  for (const presence of message.presences) at = writePresence(target, at, presence)
  writeInt32(target, at, 0x28, pendingInt32(message.pendingBytes))
}

/** Always there, even empty: Boxo 0.28 to 0.32 crashes on a message without a wantlist. */
function writeWantlist(target: Uint8Array, offset: number, message: Message): number {
  let at = writeHead(target, offset, 0x0a, wantlistBodySize(message))
  for (const { cid } of message.cancels) at = writeCancel(target, at, cid)
  for (const want of message.wants) at = writeWant(target, at, want)
  return message.full ? writeFlag(target, at, 0x10) : at
}

function writeWant(target: Uint8Array, offset: number, want: WantEntry): number {
  let at = writeHead(target, offset, 0x0a, wantBodySize(want))
  at = writeBytes(target, at, 0x0a, want.cid.bytes)
  at = writeInt32(target, at, 0x10, toInt32(want.priority))
  if (want.type === 'have') at = writeFlag(target, at, 0x20)
  if (want.sendDontHave) at = writeFlag(target, at, 0x28)
  return want.ttl === undefined ? at : writeInt32(target, at, 0x30, toInt32(want.ttl))
}

function writeCancel(target: Uint8Array, offset: number, cid: CID): number {
  const at = writeHead(target, offset, 0x0a, cancelBodySize(cid))
  return writeFlag(target, writeBytes(target, at, 0x0a, cid.bytes), 0x18)
}

function writePresence(target: Uint8Array, offset: number, presence: Presence): number {
  let at = writeHead(target, offset, 0x22, presenceBodySize(presence))
  at = writeCid(target, writeHead(target, at, 0x0a, cidLength(presence)), presence)
  return presence.have ? at : writeFlag(target, at, 0x10)
}

function writeBlock(target: Uint8Array, offset: number, { prefix, bytes }: WireBlock): number {
  let at = writeHead(target, offset, 0x1a, blockBodySize(prefix.length, bytes.length))
  if (prefix.length > 0) at = writeBytes(target, at, 0x0a, prefix)
  if (bytes.length > 0) at = writeBytes(target, at, 0x12, bytes)
  return at
}

function writeHead(target: Uint8Array, offset: number, tag: number, bodyBytes: number): number {
  target[offset] = tag
  return writeVarint(target, offset + 1, bodyBytes)
}

function writeBytes(target: Uint8Array, offset: number, tag: number, bytes: Uint8Array): number {
  const at = writeHead(target, offset, tag, bytes.length)
  if (bytes.length > SMALL_COPY) target.set(bytes, at)
  else for (let i = 0; i < bytes.length; i++) target[at + i] = bytes[i] ?? 0
  return at + bytes.length
}

function writeFlag(target: Uint8Array, offset: number, tag: number): number {
  target[offset] = tag
  target[offset + 1] = 1
  return offset + 2
}

function writeInt32(target: Uint8Array, offset: number, tag: number, value: number): number {
  if (value === 0) return offset
  target[offset] = tag
  if (value > 0) return writeVarint(target, offset + 1, value)
  // A negative int32 is sign-extended to 64 bits: five bytes of 7, then all ones.
  let rest = value >>> 0
  for (let i = 1; i <= 4; i++, rest >>>= 7) target[offset + i] = (rest & 0x7f) | 0x80
  target[offset + 5] = rest | 0xf0
  target.fill(0xff, offset + 6, offset + 10)
  target[offset + 10] = 0x01
  return offset + 11
}
