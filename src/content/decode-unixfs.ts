/** The `Data` of a UnixFS node, as far as paths and spans of bytes need it. */
import type { PBNode } from '@ipld/dag-pb'
import { DELIMITED, ProtoReader, VARINT } from '../message/proto-reader.ts'
import { FIELD, TYPES, type UnixFsType } from './unixfs-fields.ts'

export interface UnixFsNode {
  readonly type: UnixFsType
  /** Bytes of content in this node itself. */
  readonly ownBytes: number
  /** Bytes of content behind each link. Bounded: by the block. */
  readonly blockSizes: readonly number[]
  /** Bytes of content in all. */
  readonly size: number
  /** Of a HAMT: entries of one level, and the code of its hash. */
  readonly fanout: number
  readonly hashType: number
  /** Permissions, where any are kept: none at all is how those without are often written. */
  readonly mode: number | undefined
}

/** Undefined for a node that is no UnixFS. The library reads no packed sizes, and tells no hash type. */
export function decodeUnixFs({ Data }: PBNode): UnixFsNode | undefined {
  if (Data === undefined) return undefined
  const reader = new ProtoReader(Data)
  const blockSizes: number[] = []
  const values = new Map<number, number>()
  let ownBytes = 0
  while (reader.offset < reader.end) {
    const tag = reader.readTag()
    const field = tag >>> 3
    if (tag === ((FIELD.data << 3) | DELIMITED)) {
      ownBytes = reader.readLength()
      if (ownBytes < 0) return undefined
      reader.offset += ownBytes
    } else if (tag === ((FIELD.blockSizes << 3) | DELIMITED)) {
      if (!readPacked(reader, blockSizes)) return undefined
    } else if (tag > 0 && (tag & 7) === VARINT) {
      if (!reader.readVarint()) return undefined
      if (field === FIELD.blockSizes) blockSizes.push(valueOf(reader))
      else values.set(field, valueOf(reader))
    } else if (tag < 0 || !reader.skip(tag)) return undefined
  }
  const type = TYPES[values.get(FIELD.type) ?? -1]
  if (type === undefined) return undefined
  const size = ownBytes + blockSizes.reduce((sum, one) => sum + one, 0)
  return {
    type,
    ownBytes,
    blockSizes,
    size,
    fanout: values.get(FIELD.fanout) ?? 0,
    hashType: values.get(FIELD.hashType) ?? 0,
    mode: permissions(values.get(FIELD.mode))
  }
}

function readPacked(reader: ProtoReader, sizes: number[]): boolean {
  const length = reader.readLength()
  if (length < 0) return false
  for (const end = reader.offset + length; reader.offset < end;) {
    if (!reader.readVarint() || reader.offset > end) return false
    sizes.push(valueOf(reader))
  }
  return true
}

function valueOf({ high, low }: ProtoReader): number {
  return high * 2 ** 32 + low
}

/** The bits above have no meaning yet. */
function permissions(value = 0): number | undefined {
  // What is more than `&` takes counts as well.
  const mode = (value % 2 ** 32) & 0o7777
  return mode === 0 ? undefined : mode
}
