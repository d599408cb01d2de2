/** Messages of up to 4 MiB that cost their reader as much as they can. */
import { randomBytes } from 'node:crypto'
import { blockField, field, framed, presences, repeated, varint, wantlist } from '../support/wire.ts'
import { everyone, openStream, sendAll } from './crowd.ts'

const MAX_BYTES = 4 * 1024 * 1024
const MAX_ENTRIES = 65_536
const RAW_SHA2_256 = Uint8Array.of(1, 0x55, 0x12, 32)
const IDENTITY_CID = Uint8Array.of(1, 0x55, 0, 1, 7)

/** As many as a message holds. */
function filled(item: Uint8Array, head: Uint8Array = new Uint8Array(0)): Buffer {
  return framed(Buffer.concat([head, repeated(item, Math.floor((MAX_BYTES - head.length) / item.length))]))
}

/** A wantlist that holds the same entry again and again. */
function listOf(entry: Uint8Array, count: number): Buffer {
  return framed(field(0x0a, repeated(field(0x0a, entry), count)))
}

/** One wantlist after the other in one message, each of which says that it is whole. */
function manyLists(): Buffer {
  return filled(field(0x0a, Uint8Array.of(0x10, 1)))
}

function blocks(size: number, prefix: Uint8Array): Buffer {
  const count = Math.floor(MAX_BYTES / (size + prefix.length + 16))
  return framed(Buffer.concat(Array.from({ length: count }, () => blockField(prefix, randomBytes(size)))))
}

export const HEAVY_MESSAGES = {
  'wants for blocks': () => wantlist({ count: MAX_ENTRIES }).frame,
  'wants that ask for an answer': () => wantlist({ count: MAX_ENTRIES, sendDontHave: true }).frame,
  'wants of rising priority': () => wantlist({ count: MAX_ENTRIES, oneInMany: 2, sendDontHave: true }).frame,
  'wants to know who has': () => wantlist({ count: MAX_ENTRIES, have: true, sendDontHave: true }).frame,
  'a whole wantlist': () => wantlist({ count: MAX_ENTRIES, full: true, sendDontHave: true }).frame,
  cancels: () => wantlist({ count: MAX_ENTRIES, cancel: true }).frame,
  'too many wants': () => wantlist({ count: 80_000 }).frame,
  presences: () => presences(MAX_ENTRIES).frame,
  'more presences than are read': () => presences(95_000).frame,
  'the same want again and again': () =>
    listOf(field(0x0a, Uint8Array.of(...RAW_SHA2_256, ...randomBytes(32))), MAX_ENTRIES),
  'wants with CIDs of 168 bytes': () => listOf(field(0x0a, longCid()), 24_000),
  'wants for what is in the CID': () => listOf(field(0x0a, IDENTITY_CID), MAX_ENTRIES),
  'a CID of 4 MiB': () => listOf(field(0x0a, randomBytes(MAX_BYTES - 32)), 1),
  'entries of nothing': () => listOf(new Uint8Array(0), MAX_ENTRIES),
  'wantlists of nothing': manyLists,
  'blocks that nobody asked for': () => blocks(1_024, RAW_SHA2_256),
  'large blocks that nobody asked for': () => blocks(1_024 * 1_024, RAW_SHA2_256),
  'a block of 4 MiB': () => blocks(MAX_BYTES - 64, RAW_SHA2_256),
  'blocks of nothing': () => filled(blockField(RAW_SHA2_256, new Uint8Array(0))),
  'bare blocks of nothing': () => filled(field(0x12, new Uint8Array(0))),
  'a prefix of 256 KiB': () => framed(blockField(longPrefix(256 * 1024), randomBytes(16))),
  'a prefix of 4 MiB': () => framed(blockField(longPrefix(MAX_BYTES - 64), randomBytes(16))),
  'many prefixes of 1 KiB': () => filled(blockField(longPrefix(1_024), randomBytes(16))),
  'prefixes of unknown hashes': () => filled(blockField(Uint8Array.of(1, 0x55, 0x7f, 32), randomBytes(16))),
  'unknown fields': () => filled(Buffer.concat([varint(15 * 8 + 2), varint(0)])),
  'pending bytes again and again': () => filled(Uint8Array.of(0x28, 1)),
  garbage: () => framed(randomBytes(MAX_BYTES))
} satisfies Record<string, () => Buffer>

export type HeavyMessage = keyof typeof HEAVY_MESSAGES

function longCid(): Uint8Array {
  return Uint8Array.of(1, 0x55, 0x13, 0x80, 0x01, ...randomBytes(128))
}

/** Varints without end. */
function longPrefix(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(1)
}

export const heavyMessages = {
  /** Sends one such message; resolves when it has left. */
  heavyMessage: async (name: HeavyMessage): Promise<void> => {
    await everyone(async (attacker) => await sendAll(await openStream(attacker), HEAVY_MESSAGES[name]()))
  }
}
