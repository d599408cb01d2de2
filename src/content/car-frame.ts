/** The frames of a CAR of version 1: a header, then blocks, each behind its length. */
import { encode as encodeCbor } from '@ipld/dag-cbor'
import type { CID } from 'multiformats/cid'
import { varintBytes } from './varint-bytes.ts'

export function carHeader(roots: readonly CID[]): Uint8Array {
  const header = encodeCbor({ roots, version: 1 })
  return Buffer.concat([varintBytes(header.length), header])
}

/** What stands in front of the `size` bytes of a block. */
export function carBlockHead({ bytes }: CID, size: number): Uint8Array {
  return Buffer.concat([varintBytes(bytes.length + size), bytes])
}
