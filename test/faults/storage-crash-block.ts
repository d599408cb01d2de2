import { numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'

/** The block of a number, the same in the process that writes and in the test that checks; 1 byte to 64 KiB. */
export function crashBlock(number: number): SampleBlock {
  return numberedBlock(number, 1 + (Math.imul(number, 7_919) & 0xffff))
}
