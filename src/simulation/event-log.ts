import { createHash } from 'node:crypto'
import type { PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import { absorbByte, absorbText, FNV_BASIS } from '../small-hash.ts'

/**
 * What happened in a world, boiled down to a digest: two runs that did the same have the same one, on every machine. It sees
 * who told whom what when: times, sizes, and which CIDs. Priorities and all of a block but its first bytes it does not see.
 */
export interface EventLog {
  /** One message was handed to the network; `bytes` is its size on the wire. */
  record(atMicros: number, from: PeerId, to: PeerId, message: Message, bytes: number): void
  /** sha2-256, in hexadecimal, of all records so far. */
  digest(): string
  /** Records so far. */
  readonly events: number
}

/** One message, as it is counted. */
export interface EventRecord {
  readonly atMicros: number
  readonly from: PeerId
  readonly to: PeerId
  /** On the wire. */
  readonly bytes: number
  readonly full: boolean
  readonly wantBlocks: number
  readonly wantHaves: number
  readonly cancels: number
  readonly haves: number
  readonly dontHaves: number
  readonly blocks: number
  /** Of blocks alone. */
  readonly blockBytes: number
  readonly pendingBytes: number
}

export interface EventLogOptions {
  /** Gets every record, to be kept for a replay: `JSON.stringify` makes a line of NDJSON of it. */
  readonly keep?: (record: EventRecord) => void
}

/** Written in front of the name of a peer, where a time would be. */
const NAME_MARK = 0xffff_ffff
const RECORD_BYTES = 16 * 4
const CHUNK_BYTES = 64 * 1024
const TWO_32 = 4_294_967_296
/** Bytes of a block that name it: blocks of pseudo-random content differ in them, and so do nodes, by their first link. */
const HEAD_BYTES = 16

export function createEventLog(options: EventLogOptions = {}): EventLog {
  return new HashedLog(options)
}

/**
 * Records are written as 16 little-endian 32-bit words each into a chunk, and hashed a chunk at a time: what was counted, and
 * a word of what it was about. Peers are numbered as they come; the name is written when the number is first used.
 */
class HashedLog implements EventLog {
  readonly #hash = createHash('sha256')
  readonly #keep: EventLogOptions['keep']
  readonly #chunk = Buffer.alloc(CHUNK_BYTES)
  readonly #view = new DataView(this.#chunk.buffer, this.#chunk.byteOffset, CHUNK_BYTES)
  /** Bounded: by the peers of the world. */
  readonly #numbers = new Map<PeerId, number>()
  #used = 0
  #events = 0

  constructor({ keep }: EventLogOptions) {
    this.#keep = keep
  }

  get events(): number {
    return this.#events
  }

  record(atMicros: number, from: PeerId, to: PeerId, message: Message, bytes: number): void {
    this.#events++
    const record = countMessage(atMicros, from, to, message, bytes)
    const fromNumber = this.#numberOf(from)
    const toNumber = this.#numberOf(to)
    if (this.#used + RECORD_BYTES > CHUNK_BYTES) this.#flush()
    this.#write(record, fromNumber, toNumber)
    this.#word(subjectOf(message))
    this.#keep?.(record)
  }

  digest(): string {
    return this.#hash.copy().update(this.#chunk.subarray(0, this.#used)).digest('hex')
  }

  #write(record: EventRecord, from: number, to: number): void {
    this.#word(record.atMicros % TWO_32)
    this.#word(Math.floor(record.atMicros / TWO_32))
    this.#word(from)
    this.#word(to)
    this.#word(record.bytes)
    this.#word(record.full ? 1 : 0)
    this.#word(record.wantBlocks)
    this.#word(record.wantHaves)
    this.#word(record.cancels)
    this.#word(record.haves)
    this.#word(record.dontHaves)
    this.#word(record.blocks)
    this.#word(record.blockBytes)
    this.#word(record.pendingBytes % TWO_32)
    this.#word(Math.floor(record.pendingBytes / TWO_32))
  }

  #word(value: number): void {
    this.#view.setUint32(this.#used, value, true)
    this.#used += 4
  }

  #numberOf(peer: PeerId): number {
    const known = this.#numbers.get(peer)
    if (known !== undefined) return known
    const number = this.#numbers.size
    this.#numbers.set(peer, number)
    this.#flush()
    const name = Buffer.from(peer, 'utf8')
    for (const value of [NAME_MARK, number, name.byteLength]) this.#word(value)
    this.#flush()
    this.#hash.update(name)
    return number
  }

  #flush(): void {
    this.#hash.update(this.#chunk.subarray(0, this.#used))
    this.#used = 0
  }
}

/** FNV-1a over what a message is about, entry by entry: keys, whether the block is asked for or had, and heads of blocks. */
function subjectOf({ wants, cancels, presences, blocks }: Message): number {
  let hash = FNV_BASIS
  for (const { key, type } of wants) hash = absorbText(absorbByte(hash, type === 'have' ? 1 : 0), key)
  for (const { key } of cancels) hash = absorbText(absorbByte(hash, 2), key)
  for (const { key, have } of presences) hash = absorbText(absorbByte(hash, have ? 1 : 0), key)
  for (const { bytes } of blocks) {
    const length = Math.min(bytes.byteLength, HEAD_BYTES)
    for (let at = 0; at < length; at++) hash = absorbByte(hash, bytes[at] ?? 0)
  }
  return hash >>> 0
}

function countMessage(atMicros: number, from: PeerId, to: PeerId, message: Message, bytes: number): EventRecord {
  const { full, wants, cancels, presences, blocks, pendingBytes } = message
  let wantHaves = 0
  for (const want of wants) if (want.type === 'have') wantHaves++
  let haves = 0
  for (const presence of presences) if (presence.have) haves++
  let blockBytes = 0
  for (const block of blocks) blockBytes += block.bytes.byteLength
  return {
    atMicros,
    from,
    to,
    bytes,
    full,
    wantBlocks: wants.length - wantHaves,
    wantHaves,
    cancels: cancels.length,
    haves,
    dontHaves: presences.length - haves,
    blocks: blocks.length,
    blockBytes,
    pendingBytes
  }
}
