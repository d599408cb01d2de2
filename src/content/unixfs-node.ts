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

const KINDS: Readonly<Record<FileNodeKind, number>> = { raw: 0, file: 2 }

const TYPE_FIELD = 0x08
const DATA_FIELD = 0x12
const SIZE_FIELD = 0x18
const BLOCK_SIZE_FIELD = 0x20
const MODE_FIELD = 0x38
const MTIME_FIELD = 0x42
const SECONDS_FIELD = 0x08
const NANOSECONDS_FIELD = 0x15

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
  const own = data === undefined || data.length === 0 ? [] : [[DATA_FIELD], varintBytes(data.length), data]
  const sizes = blockSizes.flatMap((size) => [[BLOCK_SIZE_FIELD], varintBytes(size)])
  const rights = mode === undefined ? [] : [[MODE_FIELD], varintBytes(mode)]
  const time = mtime === undefined ? [] : timeField(mtime)
  const parts = [[TYPE_FIELD, KINDS[kind]], ...own, [SIZE_FIELD], varintBytes(fileBytes), ...sizes, ...rights, ...time]
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Uint8Array.from(part))))
}

function timeField({ seconds, nanoseconds }: FileTime): (readonly number[] | Uint8Array)[] {
  const fraction = Buffer.alloc(nanoseconds === 0 ? 0 : 5)
  if (nanoseconds !== 0) {
    fraction[0] = NANOSECONDS_FIELD
    fraction.writeUInt32LE(nanoseconds, 1)
  }
  const time = Buffer.concat([Uint8Array.of(SECONDS_FIELD), signedVarint(seconds), fraction])
  return [[MTIME_FIELD], varintBytes(time.length), time]
}

/** As protobuf writes an `int64`: what is below zero, in two's complement. */
function signedVarint(value: number): Uint8Array {
  if (value >= 0) return varintBytes(value)
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.from([...bytes, Number(rest)])
}
