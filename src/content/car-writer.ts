import { encode as encodeCbor } from '@ipld/dag-cbor'
import type { CID } from 'multiformats/cid'
import { varint as leb128 } from 'multiformats'

/** Blocks up to this size go out in one piece with their CID. */
const SMALL_BYTES = 16 * 1024

/** A CAR of version 1: its header, then every block as it comes. */
export async function* writeCar(
  roots: readonly CID[],
  blocks: AsyncIterable<{ readonly cid: CID; readonly bytes: Uint8Array }>
): AsyncGenerator<Uint8Array> {
  const header = encodeCbor({ roots, version: 1 })
  yield Buffer.concat([varint(header.length), header])
  for await (const { cid, bytes } of blocks) {
    const head = Buffer.concat([varint(cid.bytes.length + bytes.length), cid.bytes])
    if (bytes.length <= SMALL_BYTES) {
      yield Buffer.concat([head, bytes])
    } else {
      yield head
      yield bytes
    }
  }
}

function varint(value: number): Uint8Array {
  return leb128.encodeTo(value, new Uint8Array(leb128.encodingLength(value)), 0)
}
