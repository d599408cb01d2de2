import { readFile } from 'node:fs/promises'
import { CID } from 'multiformats/cid'
import { numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'

/** The blocks that the captured messages are about. */
export const CAPTURED_BLOCKS = {
  wanted: numberedBlock(3, 40),
  small: numberedBlock(1, 40),
  large: numberedBlock(2, 1_100),
  absent: numberedBlock(9, 9),
  /** Boxo ends a message once it holds so much. */
  filling: numberedBlock(5, 16_384),
  following: numberedBlock(6, 1_200),
  old: versionZero(numberedBlock(7, 50))
} as const

/** What Boxo does in each of the captured messages; the name of its file is `boxo-<this>.hex`. */
export type BoxoFixture =
  | 'broadcast'
  | 'want'
  | 'cancel'
  | 'have'
  | 'dont-have'
  | 'block'
  | 'block-and-dont-have'
  | 'block-and-pending'
  | 'old-want'
  | 'old-block'

export function boxoFixtureFile(name: BoxoFixture): URL {
  return new URL(`../fixtures/boxo-${name}.hex`, import.meta.url)
}

/** A frame, with its length in front, as it came from Boxo's stream. */
export async function readBoxoFixture(name: BoxoFixture): Promise<Uint8Array> {
  return Uint8Array.from(Buffer.from((await readFile(boxoFixtureFile(name), 'utf8')).trim(), 'hex'))
}

function versionZero({ cid, bytes }: SampleBlock): SampleBlock {
  return { cid: CID.create(0, 0x70, cid.multihash), bytes }
}
