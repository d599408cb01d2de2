/** Files as UnixFS writes them inside dag-pb nodes: protobuf messages whose field tags are named here. */
import { varintLength, writeVarint } from '../message/varint.ts'

const NODE_DATA = 0x0a
const TYPE = 0x08
const FILE = 2
const DATA = 0x12
const FILE_SIZE = 0x18
const BLOCK_SIZE = 0x20

/** Bytes of the dag-pb leaf that holds `content` bytes. */
export function unixfsLeafBytes(content: number): number {
  const body = leafBodyBytes(content)
  return 1 + varintLength(body) + body
}

/** The dag-pb leaf that holds this content. */
export function unixfsLeaf(content: Uint8Array): Uint8Array {
  const size = content.byteLength
  const bytes = new Uint8Array(unixfsLeafBytes(size))
  let at = writeField(bytes, 0, NODE_DATA, leafBodyBytes(size))
  at = writeField(bytes, at, TYPE, FILE)
  if (size > 0) {
    at = writeField(bytes, at, DATA, size)
    bytes.set(content, at)
    at += size
  }
  writeField(bytes, at, FILE_SIZE, size)
  return bytes
}

/** What a dag-pb node that joins parts of a file has as its data: the size of the whole and of each part. */
export function unixfsParent(sizes: readonly number[]): Uint8Array {
  const whole = sizes.reduce((total, size) => total + size, 0)
  const parts = sizes.reduce((total, size) => total + fieldBytes(size), 0)
  const bytes = new Uint8Array(fieldBytes(FILE) + fieldBytes(whole) + parts)
  let at = writeField(bytes, 0, TYPE, FILE)
  at = writeField(bytes, at, FILE_SIZE, whole)
  for (const size of sizes) at = writeField(bytes, at, BLOCK_SIZE, size)
  return bytes
}

function leafBodyBytes(content: number): number {
  const data = content === 0 ? 0 : fieldBytes(content) + content
  return fieldBytes(FILE) + data + fieldBytes(content)
}

/** A tag, all of which take one byte, and a varint. */
function fieldBytes(value: number): number {
  return 1 + varintLength(value)
}

function writeField(bytes: Uint8Array, at: number, tag: number, value: number): number {
  bytes[at] = tag
  return writeVarint(bytes, at + 1, value)
}
