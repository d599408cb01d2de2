/** The frames of a CARv1: a header, then blocks, each behind its length. */
import { encode as encodeDagCbor } from '@ipld/dag-cbor'
import type { CID } from 'multiformats/cid'
import { varintLength, writeVarint } from '../message/varint.ts'

export function carHeader(root: CID): Uint8Array {
  const header = encodeDagCbor({ roots: [root], version: 1 })
  return Buffer.concat([lengthPrefix(header.byteLength), header])
}

/** What stands in front of the bytes of a block. */
export function carBlockHead(cid: CID, size: number): Uint8Array {
  const { bytes } = cid
  return Buffer.concat([lengthPrefix(bytes.byteLength + size), bytes])
}

function lengthPrefix(length: number): Uint8Array {
  const prefix = new Uint8Array(varintLength(length))
  writeVarint(prefix, 0, length)
  return prefix
}
