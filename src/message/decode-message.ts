/**
 * Reads messages; the schema is drawn in `encode-message.ts`.
 *
 * An item (entry, block, presence) that breaks a rule costs that item and is counted. Only a message whose outer
 * structure cannot be followed, or with more entries than any honest peer sends, is refused as a whole.
 */
import { ProtocolError } from '../errors.ts'
import { CidReader } from './cid-reader.ts'
import { MAX_BLOCK_BYTES, MAX_BLOCKS_PER_MESSAGE, MAX_PRESENCES, MAX_WANTLIST_ENTRIES } from './limits.ts'
import { noFaults } from './message-faults.ts'
import type { MessageFaults } from './message-faults.ts'
import { MessageMerger } from './message-merger.ts'
import type { Message } from './message.ts'
import { CID_V0_PREFIX, parsePrefix } from './prefix.ts'
import { ProtoReader } from './proto-reader.ts'

export interface DecodedMessage {
  readonly message: Message
  readonly faults: Readonly<MessageFaults>
}

/** Fields read in one step of a decoder: the worst of them, wants never seen before, take about ten milliseconds. */
export const FIELDS_PER_STEP = 8_192

/**
 * Reads a message body (a frame without its length). The bytes of blocks are views on `body`; CIDs and prefixes have
 * bytes of their own. Within a message a CID comes up once in each list (merge rules: `message-merger.ts`).
 *
 * Throws `ProtocolError` when the message cannot be followed or has more than MAX_WANTLIST_ENTRIES entries.
 */
export function decodeMessage(body: Uint8Array): DecodedMessage {
  const decoder = new MessageDecoder(body)
  for (;;) {
    const decoded = decoder.step()
    if (decoded !== undefined) return decoded
  }
}

/**
 * Reads a message body piece by piece, for a caller that must not keep the event loop from its other streams: the
 * largest message takes a tenth of a second. Rules and errors are those of `decodeMessage`.
 */
export class MessageDecoder {
  readonly #body: Uint8Array
  readonly #reader: ProtoReader
  readonly #cids: CidReader
  readonly #faults = noFaults()
  readonly #merger: MessageMerger
  #entries = 0
  #presences = 0
  #blocks = 0
  /** Where the wantlist being read ends; 0 outside of one. */
  #wantlistEnd = 0
  /** The last prefix accepted: blocks of one message mostly share it, and then share its bytes too. */
  #prefix: Uint8Array = CID_V0_PREFIX

  constructor(body: Uint8Array) {
    this.#body = body
    this.#reader = new ProtoReader(body)
    this.#cids = new CidReader(body)
    this.#merger = new MessageMerger(this.#cids)
  }

  /** Entries and presences so far, each of which takes some hundred bytes of memory. */
  get lines(): number {
    return this.#entries + this.#presences
  }

  /** Reads up to `fields` more fields; the message once it is whole, undefined before. */
  step(fields: number = FIELDS_PER_STEP): DecodedMessage | undefined {
    const reader = this.#reader
    for (let left = fields; left > 0; left--) {
      if (this.#wantlistEnd > 0 && reader.offset === this.#wantlistEnd) this.#leaveWantlist()
      if (reader.offset === this.#body.length) return { message: this.#merger.message(), faults: this.#faults }
      if (this.#wantlistEnd > 0) this.#readWantlistField()
      else this.#readField()
    }
    return undefined
  }

  #readField(): void {
    const tag = this.#reader.readTag()
    switch (tag) {
      case 0x0a:
        this.#wantlistEnd = this.#reader.end = this.#itemEnd()
        break
      case 0x12:
        this.#readBareBlock(this.#itemEnd())
        break
      case 0x1a:
        this.#readBlock(this.#itemEnd())
        break
      case 0x22:
        this.#readPresence(this.#itemEnd())
        break
      case 0x28:
        if (!this.#reader.readVarint()) throw malformed('pendingBytes')
        this.#merger.pendingBytes = Math.max(0, this.#reader.low | 0)
        break
      default:
        if (!this.#canSkip(tag, 5)) throw malformed('the message')
    }
  }

  #readWantlistField(): void {
    const tag = this.#reader.readTag()
    if (tag === 0x0a) {
      this.#readEntry(this.#itemEnd())
    } else if (tag === 0x10) {
      if (!this.#reader.readVarint()) throw malformed('the wantlist')
      this.#merger.full = isTrue(this.#reader)
    } else if (!this.#canSkip(tag, 2)) {
      throw malformed('the wantlist')
    }
  }

  #leaveWantlist(): void {
    this.#wantlistEnd = 0
    this.#reader.end = this.#body.length
  }

  #readEntry(end: number): void {
    if (++this.#entries > MAX_WANTLIST_ENTRIES) {
      throw new ProtocolError(`a message may have ${MAX_WANTLIST_ENTRIES} wantlist entries, not more`)
    }
    const reader = this.#reader
    const outerEnd = reader.end
    reader.end = end
    if (!this.#entry(end)) this.#faults.malformedItems++
    reader.offset = end
    reader.end = outerEnd
  }

  /** False when the entry cannot be followed to its end. */
  #entry(end: number): boolean {
    const reader = this.#reader
    let cidStart = end
    let cidEnd = end
    let priority = 0
    let cancel = false
    let have = false
    let sendDontHave = false
    let ttl = 0
    while (reader.offset < end) {
      const tag = reader.readTag()
      if (tag === 0x0a) {
        const length = reader.readLength()
        if (length < 0) return false
        cidStart = reader.offset
        cidEnd = reader.offset += length
      } else if (tag === 0x10 || tag === 0x18 || tag === 0x20 || tag === 0x28 || tag === 0x30) {
        if (!reader.readVarint()) return false
        if (tag === 0x10) priority = reader.low | 0
        else if (tag === 0x18) cancel = isTrue(reader)
        else if (tag === 0x20) have = reader.low === 1
        else if (tag === 0x28) sendDontHave = isTrue(reader)
        else ttl = reader.low & 0xff
      } else if (!this.#canSkip(tag, 5)) return false
    }
    if (!this.#goodCid(cidStart, cidEnd)) return true
    if (cancel) this.#merger.cancel()
    else this.#merger.want(have ? 'have' : 'block', priority, sendDontHave, ttl)
    return true
  }

  #readPresence(end: number): void {
    const reader = this.#reader
    const outerEnd = reader.end
    reader.end = end
    if (++this.#presences > MAX_PRESENCES) this.#faults.excessPresences++
    else if (!this.#presence(end)) this.#faults.malformedItems++
    reader.offset = end
    reader.end = outerEnd
  }

  #presence(end: number): boolean {
    const reader = this.#reader
    let cidStart = end
    let cidEnd = end
    let type = 0
    while (reader.offset < end) {
      const tag = reader.readTag()
      if (tag === 0x0a) {
        const length = reader.readLength()
        if (length < 0) return false
        cidStart = reader.offset
        cidEnd = reader.offset += length
      } else if (tag === 0x10) {
        if (!reader.readVarint()) return false
        type = reader.low
      } else if (!this.#canSkip(tag, 2)) return false
    }
    if (type > 1) return false
    if (this.#goodCid(cidStart, cidEnd)) this.#merger.presence(type === 0)
    return true
  }

  #readBlock(end: number): void {
    const reader = this.#reader
    const outerEnd = reader.end
    reader.end = end
    if (++this.#blocks > MAX_BLOCKS_PER_MESSAGE) this.#faults.excessBlocks++
    else if (!this.#block(end)) this.#faults.malformedItems++
    reader.offset = end
    reader.end = outerEnd
  }

  #block(end: number): boolean {
    const reader = this.#reader
    let prefixStart = end
    let prefixEnd = end
    let dataStart = end
    let dataEnd = end
    while (reader.offset < end) {
      const tag = reader.readTag()
      if (tag === 0x0a || tag === 0x12) {
        const length = reader.readLength()
        if (length < 0) return false
        const start = reader.offset
        reader.offset += length
        if (tag === 0x0a) {
          prefixStart = start
          prefixEnd = reader.offset
        } else {
          dataStart = start
          dataEnd = reader.offset
        }
      } else if (!this.#canSkip(tag, 2)) return false
    }
    if (!this.#goodPrefix(prefixStart, prefixEnd)) this.#faults.badPrefixes++
    else this.#addBlock(this.#prefix, dataStart, dataEnd)
    return true
  }

  /** A block of bitswap 1.0: only its bytes, meant as CIDv0. */
  #readBareBlock(end: number): void {
    const start = this.#reader.offset
    this.#reader.offset = end
    if (++this.#blocks > MAX_BLOCKS_PER_MESSAGE) this.#faults.excessBlocks++
    else this.#addBlock(CID_V0_PREFIX, start, end)
  }

  #addBlock(prefix: Uint8Array, start: number, end: number): void {
    if (end - start > MAX_BLOCK_BYTES) {
      this.#faults.oversizedBlocks++
      return
    }
    const { buffer, byteOffset } = this.#body
    this.#merger.blocks.push({ prefix, bytes: new Uint8Array(buffer, byteOffset + start, end - start) })
  }

  /** Leaves a good prefix, in bytes of its own, in `#prefix`. */
  #goodPrefix(start: number, end: number): boolean {
    const length = end - start
    let same = length === this.#prefix.length
    for (let i = 0; same && i < length; i++) same = this.#prefix[i] === this.#body[start + i]
    if (same) return true
    if (parsePrefix(this.#body, start, end) === undefined) return false
    this.#prefix = Uint8Array.from(this.#body.subarray(start, end))
    return true
  }

  #goodCid(start: number, end: number): boolean {
    const fault = this.#cids.inspect(start, end)
    if (fault === undefined) return true
    if (fault === 'malformed') this.#faults.malformedCids++
    else if (fault === 'oversized') this.#faults.oversizedCids++
    else this.#faults.identityCids++
    return false
  }

  /** Where the item that starts with the length at hand ends. Beyond the buffer there is no way to go on. */
  #itemEnd(): number {
    const length = this.#reader.readLength()
    if (length < 0) throw malformed('the length of an item')
    return this.#reader.offset + length
  }

  #canSkip(tag: number, lastKnownField: number): boolean {
    return tag >>> 3 > lastKnownField && tag > 0 && this.#reader.skip(tag)
  }
}

function isTrue(reader: ProtoReader): boolean {
  return reader.low !== 0 || reader.high !== 0
}

function malformed(where: string): ProtocolError {
  return new ProtocolError(`cannot read ${where}`)
}
