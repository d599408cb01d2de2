import { DELIMITED, FIXED32, VARINT } from '../message/proto-reader.ts'
import { FIELD, TIME_FIELD, TYPES } from './unixfs-fields.ts'
import { varintBytes } from './varint-bytes.ts'

/** A moment, as UnixFS keeps it: seconds since 1970, and what is left of one in nanoseconds. */
export interface FileTime {
  readonly seconds: number
  readonly nanoseconds: number
}

/** What a file system knows of a file beside its content. */
export interface FileAttributes {
  /** Permissions: twelve bits, as in `chmod`. */
  readonly mode?: number | undefined
  /** When it was changed. */
  readonly mtime?: FileTime | undefined
}

/** UnixFS knows several kinds of nodes. In one layout the leaves are data without a name; everything else is a file. */
export type FileNodeKind = 'file' | 'raw'

export interface FileNode {
  readonly kind: FileNodeKind
  /** Bytes of the file in it and below it. */
  readonly fileBytes: number
  readonly data?: Uint8Array
  /** Bytes of the file below each of its links. */
  readonly blockSizes?: readonly number[]
  readonly attributes?: FileAttributes
}

/** The UnixFS part of a node, as protobuf, fields in the order of their numbers. */
export function encodeFileNode({ kind, fileBytes, data, blockSizes = [], attributes = {} }: FileNode): Uint8Array {
  const { mode, mtime } = attributes
  const own =
    data === undefined || data.length === 0 ? [] : [tag(FIELD.data, DELIMITED), varintBytes(data.length), data]
  const sizes = blockSizes.flatMap((size) => [tag(FIELD.blockSizes, VARINT), varintBytes(size)])
  const rights = mode === undefined ? [] : [tag(FIELD.mode, VARINT), varintBytes(mode)]
  const time = mtime === undefined ? [] : timeField(mtime)
  const type = [tag(FIELD.type, VARINT), varintBytes(TYPES.indexOf(kind))]
  const whole = [tag(FIELD.fileSize, VARINT), varintBytes(fileBytes)]
  return Buffer.concat([...type, ...own, ...whole, ...sizes, ...rights, ...time])
}

function timeField({ seconds, nanoseconds }: FileTime): Uint8Array[] {
  const fraction = Buffer.alloc(4)
  fraction.writeUInt32LE(nanoseconds)
  const rest = nanoseconds === 0 ? [] : [tag(TIME_FIELD.nanoseconds, FIXED32), fraction]
  const time = Buffer.concat([tag(TIME_FIELD.seconds, VARINT), signedVarint(seconds), ...rest])
  return [tag(FIELD.mtime, DELIMITED), varintBytes(time.length), time]
}

function tag(field: number, wireType: number): Uint8Array {
  return Uint8Array.of((field << 3) | wireType)
}

/** As protobuf writes an `int64`: what is below zero, in two's complement. */
function signedVarint(value: number): Uint8Array {
  if (value >= 0) return varintBytes(value)
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.from([...bytes, Number(rest)])
}
