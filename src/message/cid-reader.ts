/**
 * Reads the CIDs of a message: strictly, without exceptions, and without keeping the message alive.
 */
import { multihashKeyAt } from '../ids.ts'
import type { CidKey } from '../ids.ts'
import { MAX_CID_BYTES } from './limits.ts'
import { VarintReader } from './varint.ts'

const DAG_PB = 0x70
const SHA2_256 = 0x12
const SHA2_256_BYTES = 32
const CID_V0_BYTES = 2 + SHA2_256_BYTES
const IDENTITY = 0x00

/** What is wrong with a CID. `identity` is no mistake, but such a block is never asked for. */
export type CidFault = 'malformed' | 'oversized' | 'identity'

/** `inspect` a CID where it lies, then take its parts. Nothing of it keeps the message alive. */
export class CidReader {
  readonly #body: Buffer
  readonly #varints: VarintReader
  #end = 0
  #version: 0 | 1 = 1
  #codec = 0
  #code = 0
  #multihash = 0

  constructor(body: Uint8Array) {
    this.#body = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    this.#varints = new VarintReader(body)
  }

  /** Looks at the CID between two offsets of the body; undefined when it is good. */
  inspect(start: number, end: number): CidFault | undefined {
    if (end - start > MAX_CID_BYTES) return 'oversized'
    this.#end = end
    const varints = this.#varints
    varints.offset = start
    varints.end = end
    if (end - start === CID_V0_BYTES && this.#body[start] === SHA2_256 && this.#body[start + 1] === SHA2_256_BYTES) {
      this.#version = 0
      this.#codec = DAG_PB
    } else {
      this.#version = 1
      if (varints.next() !== 1) return 'malformed'
      this.#codec = varints.next()
      if (this.#codec < 0) return 'malformed'
    }
    return this.#inspectMultihash(varints, end)
  }

  #inspectMultihash(varints: VarintReader, end: number): CidFault | undefined {
    this.#multihash = varints.offset
    this.#code = varints.next()
    const length = varints.next()
    if (this.#code < 0 || length < 0 || varints.offset + length !== end) return 'malformed'
    return this.#code === IDENTITY ? 'identity' : undefined
  }

  /** The parts of the CID last inspected and found good. */
  get version(): 0 | 1 {
    return this.#version
  }

  get codec(): number {
    return this.#codec
  }

  get key(): CidKey {
    return multihashKeyAt(this.#body, this.#multihash, this.#end)
  }
}
