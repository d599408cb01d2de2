import type { CID } from 'multiformats/cid'
import { carBlockHead, carHeader } from './car-frame.ts'

/** Blocks up to this size go out in one piece with their CID. */
const SMALL_BYTES = 16 * 1024

/** A CAR of version 1: its header, then every block as it comes. */
export async function* writeCar(
  roots: readonly CID[],
  blocks: AsyncIterable<{ readonly cid: CID; readonly bytes: Uint8Array }>
): AsyncGenerator<Uint8Array> {
  yield carHeader(roots)
  for await (const { cid, bytes } of blocks) {
    const head = carBlockHead(cid, bytes.length)
    if (bytes.length <= SMALL_BYTES) {
      yield Buffer.concat([head, bytes])
    } else {
      yield head
      yield bytes
    }
  }
}
