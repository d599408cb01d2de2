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

/** The CID of its parts, which must be those of a CID. Made anew at each call. */
export function cidOf({ version, codec, key }: CidParts): CID {
  const head = version === 0 ? 0 : 1 + varintLength(codec)
  // Three small arrays of their own cost less than views on one.
  const multihash = new Uint8Array(key.length)
  const bytes = new Uint8Array(head + key.length)
  if (version === 1) {
    bytes[0] = 1
    writeVarint(bytes, 1, codec)
  }
  for (let i = 0; i < key.length; i++) bytes[head + i] = multihash[i] = key.charCodeAt(i)
  const reader = new VarintReader(multihash)
  const code = reader.next()
  const length = reader.next()
  const digest = multihash.slice(reader.offset)
  return new CID(version, codec, new Digest(code, length, digest, multihash), bytes)
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
