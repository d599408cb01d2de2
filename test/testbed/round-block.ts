import { hash } from 'node:crypto'
import { type SampleBlock, numberedBlock } from '../../src/testing/sample-blocks.ts'
import type { BlockName } from './peer-calls.ts'

export function blockOf({ number, size }: BlockName): SampleBlock {
  return numberedBlock(number, size)
}

/** The digest of a block as hex, which also names it: computed by Node's OpenSSL, not by the hashers of the exchange. */
export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}
