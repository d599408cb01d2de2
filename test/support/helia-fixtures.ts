import { readFile } from 'node:fs/promises'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'

/** The blocks that the captured messages are about. */
export const CAPTURED = {
  wantedBeforeMeeting: numberedBlock(3, 40),
  wantedLater: numberedBlock(4, 40),
  wantedInSession: numberedBlock(7, 1),
  small: numberedBlock(1, 40),
  medium: numberedBlock(5, 100),
  large: numberedBlock(2, 1_100),
  absent: numberedBlock(9, 9)
} as const

/** What Helia does in each of the captured messages; the name of its file is `helia-<this>.hex`. */
export type HeliaFixture = 'full-wantlist' | 'want' | 'session-want' | 'block' | 'two-blocks' | 'have' | 'dont-have'

export function fixtureFile(name: HeliaFixture): URL {
  return new URL(`../fixtures/helia-${name}.hex`, import.meta.url)
}

/** A frame, with its length in front, as it came from Helia's stream. */
export async function readFixture(name: HeliaFixture): Promise<Uint8Array> {
  return Uint8Array.from(Buffer.from((await readFile(fixtureFile(name), 'utf8')).trim(), 'hex'))
}
