/** Bytes of bitswap messages, made fast and without asking whether they make sense. */
import { randomFillSync } from 'node:crypto'

const CID_BYTES = 36
const SHA2_256_RAW = Uint8Array.of(1, 0x55, 0x12, 32)

export interface ListInit {
  readonly count: number
  readonly have?: boolean
  readonly cancel?: boolean
  readonly sendDontHave?: boolean
  readonly full?: boolean
  /** One of so many entries has a high priority, the others a low one. */
  readonly oneInMany?: number
}

let nextCid = 0

/** A message that lists so many CIDs of nothing. */
export class CidList {
  /** The message with its length in front. */
  readonly frame: Buffer
  readonly #start: number
  readonly #entryBytes: number
  readonly #count: number

  constructor(frame: Buffer, start: number, entryBytes: number, count: number) {
    this.frame = frame
    this.#start = start
    this.#entryBytes = entryBytes
    this.#count = count
    for (let i = 0; i < count; i++) {
      const cid = start + i * entryBytes + 4
      frame.set(SHA2_256_RAW, cid)
      randomFillSync(frame, cid + SHA2_256_RAW.length, 32)
    }
    this.refresh()
  }

  /** Puts other CIDs in, which nobody has seen before. */
  refresh(): void {
    for (let i = 0; i < this.#count; i++) {
      const digest = this.#start + i * this.#entryBytes + 4 + SHA2_256_RAW.length
      // Digests look random and need not be: this takes a hundredth of the time.
      this.frame.writeUInt32LE(Math.imul(nextCid++, 0x9e3779b1) >>> 0, digest + 4)
    }
  }
}

export function wantlist(init: ListInit): CidList {
  const tail = [
    ...(init.cancel === true ? [0x18, 1] : []),
    ...(init.have === true ? [0x20, 1] : []),
    ...(init.sendDontHave === true ? [0x28, 1] : [])
  ]
  const entries: Buffer[] = []
  for (let i = 0; i < init.count; i++) {
    const priority = i % (init.oneInMany ?? 1) === 0 ? 100 : 1
    const entry = [0x0a, CID_BYTES, ...new Uint8Array(CID_BYTES), 0x10, priority, ...tail]
    entries.push(Buffer.from([0x0a, entry.length, ...entry]))
  }
  const size = entries.reduce((sum, entry) => sum + entry.length, 0)
  if (init.full === true) entries.push(Buffer.from([0x10, 1]))
  const list = Buffer.concat(entries)
  const frame = framed(Buffer.concat([Buffer.from([0x0a]), varint(list.length), list]))
  return new CidList(frame, frame.length - list.length, size / init.count, init.count)
}

/** So many presences: half of them "have". */
export function presences(count: number): CidList {
  const entries: Buffer[] = []
  for (let i = 0; i < count; i++) {
    entries.push(Buffer.from([0x22, 4 + CID_BYTES, 0x0a, CID_BYTES, ...new Uint8Array(CID_BYTES), 0x10, i % 2]))
  }
  const body = Buffer.concat(entries)
  const frame = framed(body)
  return new CidList(frame, frame.length - body.length, body.length / count, count)
}

/** The same bytes again and again. */
export function repeated(bytes: Uint8Array, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => bytes))
}

/** A field that holds bytes: its tag, their length, and they. */
export function field(tag: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(value.length), value])
}

/** A block as it travels, with any prefix. */
export function blockField(prefix: Uint8Array, data: Uint8Array): Buffer {
  return field(0x1a, Buffer.concat([field(0x0a, prefix), field(0x12, data)]))
}

/** A message as it travels: its length, and its body. */
export function framed(body: Uint8Array): Buffer {
  return Buffer.concat([varint(body.length), body])
}

export function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}
