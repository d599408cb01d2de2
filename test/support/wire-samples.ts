/**
 * CIDs, messages and generators for tests of the wire.
 */
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { cidKey } from '../../src/ids.ts'
import { createMessage } from '../../src/message/message.ts'
import type { CancelEntry, Message, Presence, WantEntry, WireBlock } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'

export const RAW = 0x55
export const DAG_PB = 0x70
export const SHA2_256 = 0x12
export const IDENTITY = 0x00

/** A CIDv1 whose digest is the number, repeated: told apart, and never the hash of anything. */
export function sampleCid(number: number, codec = RAW, code = SHA2_256, length = 32): CID {
  return CID.createV1(codec, createDigest(code, sampleDigest(number, length)))
}

export function sampleCidV0(number: number): CID {
  return CID.createV0(createDigest(SHA2_256, sampleDigest(number, 32)))
}

function sampleDigest(number: number, length: number): Uint8Array {
  const digest = new Uint8Array(length)
  for (let i = 0; i < length; i++) digest[i] = (number >>> (8 * (i % 4))) & 0xff
  return digest
}

export function sampleWant(cid: CID, parts: Partial<WantEntry> = {}): WantEntry {
  return { cid, key: cidKey(cid), type: 'block', priority: 1, sendDontHave: true, ...parts }
}

export function sampleCancel(cid: CID): CancelEntry {
  return { cid, key: cidKey(cid) }
}

export function samplePresence(cid: CID, have: boolean): Presence {
  return { cid, key: cidKey(cid), have }
}

export function sampleBlock(bytes: Uint8Array, cid: CID = sampleCid(0)): WireBlock {
  return { prefix: cidPrefix(cid), bytes }
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Bytes from hex; spaces are for the reader. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
}

/** A message as plain text and numbers, for comparison. */
export function plain(message: Message) {
  return {
    full: message.full,
    wants: message.wants.map(({ cid, key, type, priority, sendDontHave }) => ({
      cid: cid.toString(),
      ownKey: key === cidKey(cid),
      type,
      priority,
      sendDontHave
    })),
    cancels: message.cancels.map(({ cid, key }) => ({ cid: cid.toString(), ownKey: key === cidKey(cid) })),
    presences: message.presences.map(({ cid, key, have }) => ({
      cid: cid.toString(),
      ownKey: key === cidKey(cid),
      have
    })),
    blocks: message.blocks.map(({ prefix, bytes: data }) => `${hex(prefix)}:${hex(data)}`),
    pendingBytes: message.pendingBytes
  }
}

const anyDigest = fc
  .record({
    code: fc.constantFrom(SHA2_256, 0x11, 0x13, 0x1e, 0xb220, 0x1d_ffff),
    digest: fc.uint8Array({ minLength: 1, maxLength: 128 })
  })
  .map(({ code, digest }) => createDigest(code, Uint8Array.from(digest)))

/** CIDs as peers send them: either version, several codecs and hash functions. */
export const anyCid: fc.Arbitrary<CID> = fc.oneof(
  fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((digest) => CID.createV0(createDigest(SHA2_256, Uint8Array.from(digest)))),
  fc
    .tuple(fc.constantFrom(RAW, DAG_PB, 0x71, 0x0129, 0x7fff_ffff), anyDigest)
    .map(([codec, digest]) => CID.createV1(codec, digest))
)

export const anyInt32: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  fc.constantFrom(0, 1, -1, 127, 128, 16_383, 16_384, 0x7fff_ffff, -0x8000_0000)
)

const anyWant = fc
  .record({
    cid: anyCid,
    type: fc.constantFrom('block' as const, 'have' as const),
    priority: anyInt32,
    sendDontHave: fc.boolean()
  })
  .map(({ cid, ...rest }) => sampleWant(cid, rest))

const anyBlock = fc
  .tuple(anyCid, fc.uint8Array({ maxLength: 300 }))
  .map(([cid, data]) => sampleBlock(Uint8Array.from(data), cid))

/** Messages as we send them: every key once in a list, and not in both wants and cancels. */
export const anyMessage: fc.Arbitrary<Message> = fc
  .record({
    full: fc.boolean(),
    wants: fc.uniqueArray(anyWant, { selector: ({ key }) => key, maxLength: 20 }),
    cancels: fc.uniqueArray(anyCid.map(sampleCancel), { selector: ({ key }) => key, maxLength: 20 }),
    presences: fc.uniqueArray(
      fc.tuple(anyCid, fc.boolean()).map(([cid, have]) => samplePresence(cid, have)),
      { selector: ({ key }) => key, maxLength: 20 }
    ),
    blocks: fc.array(anyBlock, { maxLength: 8 }),
    pendingBytes: fc.nat(0x7fff_ffff)
  })
  .map((parts) => {
    const cancelled = new Set(parts.cancels.map(({ key }) => key))
    return createMessage({ ...parts, wants: parts.wants.filter(({ key }) => !cancelled.has(key)) })
  })
