/**
 * Lines of a message that name a block. A message may hold tens of thousands of them, most of which nobody looks at twice:
 * each keeps the key of its block, some fifty bytes, and makes the CID, four hundred, when it is asked for.
 */
import { CID } from 'multiformats/cid'
import { Digest } from 'multiformats/hashes/digest'
import type { CidKey } from '../ids.ts'
import type { CancelEntry, Presence, WantEntry, WantType } from './message.ts'
import { VarintReader, varintLength, writeVarint } from './varint.ts'

/** The parts of a CID. The key holds the multihash. */
export interface CidParts {
  readonly version: 0 | 1
  readonly codec: number
  readonly key: CidKey
}

/**
 * CIDs made one after the other share memory of this size. Memory of its own for each takes eight times the time, and
 * more bytes; a larger size would let a single CID that is kept hold on to many that are not.
 */
export const CID_SLAB_BYTES = 1_024

let slab = new ArrayBuffer(CID_SLAB_BYTES)
let used = 0

/** The CID of its parts, which must be those of a CID. Made anew at each call. */
export function cidOf(parts: CidParts): CID {
  const { version, codec, key } = parts
  const length = cidLength(parts)
  if (used + length > slab.byteLength) {
    slab = new ArrayBuffer(Math.max(CID_SLAB_BYTES, length))
    used = 0
  }
  const bytes = new Uint8Array(slab, used, length)
  used += writeCid(bytes, 0, parts)
  const multihash = new Uint8Array(slab, used - key.length, key.length)
  const reader = new VarintReader(multihash)
  const code = reader.next()
  const digestLength = reader.next()
  const digest = new Uint8Array(slab, used - digestLength, digestLength)
  return new CID(version, codec, new Digest(code, digestLength, digest, multihash), bytes)
}

/** The length in bytes of the CID that a line names, which is not made for that where the line has the parts of it. */
export function cidLength(line: CidParts | { readonly cid: CID }): number {
  return 'version' in line ? headLength(line) + line.key.length : line.cid.bytes.length
}

/** Writes the CID that a line names; returns where it ends. */
export function writeCid(target: Uint8Array, offset: number, line: CidParts | { readonly cid: CID }): number {
  if (!('version' in line)) {
    target.set(line.cid.bytes, offset)
    return offset + line.cid.bytes.length
  }
  const { version, codec, key } = line
  let at = offset
  if (version === 1) {
    target[at++] = 1
    at = writeVarint(target, at, codec)
  }
  for (let i = 0; i < key.length; i++) target[at + i] = key.charCodeAt(i)
  return at + key.length
}

/** Version and codec, before the multihash. */
function headLength({ version, codec }: CidParts): number {
  return version === 0 ? 0 : 1 + varintLength(codec)
}

/** The parts of what names a block, made from its CID where they are not at hand. */
export function partsOf(entry: CidParts | { readonly cid: CID; readonly key: CidKey }): CidParts {
  if ('version' in entry) return entry
  return { version: entry.cid.version, codec: entry.cid.code, key: entry.key }
}

/** A cancel, as it was read. */
export class NamedBlock implements CidParts, CancelEntry {
  readonly version: 0 | 1
  readonly codec: number
  readonly key: CidKey

  constructor({ version, codec, key }: CidParts) {
    this.version = version
    this.codec = codec
    this.key = key
  }

  /** Made anew each time. */
  get cid(): CID {
    return cidOf(this)
  }
}

/** A want, as it was read. */
export class NamedWant extends NamedBlock implements WantEntry {
  type: WantType
  priority: number
  sendDontHave: boolean
  /** Takes memory only where it is said, which is next to nowhere. */
  declare ttl?: number

  constructor(parts: CidParts, type: WantType, priority: number, sendDontHave: boolean) {
    super(parts)
    this.type = type
    this.priority = priority
    this.sendDontHave = sendDontHave
  }
}

/** A presence, as it was read. */
export class NamedPresence extends NamedBlock implements Presence {
  have: boolean

  constructor(parts: CidParts, have: boolean) {
    super(parts)
    this.have = have
  }
}
