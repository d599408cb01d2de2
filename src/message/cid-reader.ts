/**
 * Reads the CIDs of a message: strictly, without exceptions, and without keeping the message alive.
 */
import { CID } from 'multiformats/cid'
import { Digest } from 'multiformats/hashes/digest'
import { multihashKeyAt } from '../ids.ts'
import type { CidKey } from '../ids.ts'
import { MAX_CID_BYTES } from './limits.ts'
import { VarintReader } from './varint.ts'

const DAG_PB = 0x70
const SHA2_256 = 0x12
const SHA2_256_BYTES = 32
const CID_V0_BYTES = 2 + SHA2_256_BYTES
const IDENTITY = 0x00

/**
 * CIDs that lie close together share a copy of this much of the message. A copy for each costs three times the time; a
 * larger one would let a single CID that is kept hold on to many that are not.
 */
export const CID_PIECE_BYTES = 1_024

/** What is wrong with a CID. `identity` is no mistake, but such a block is never asked for. */
export type CidFault = 'malformed' | 'oversized' | 'identity'

/** `inspect` a CID where it lies, then take its `key` or build the `cid`. */
export class CidReader {
  readonly #body: Buffer
  readonly #varints: VarintReader
  #piece: ArrayBuffer = new ArrayBuffer(0)
  /** The part of the body that the piece is a copy of. */
  #pieceStart = 0
  #pieceEnd = 0
  #start = 0
  #end = 0
  #version: 0 | 1 = 1
  #codec = 0
  #code = 0
  #multihash = 0
  #digest = 0

  constructor(body: Uint8Array) {
    this.#body = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    this.#varints = new VarintReader(body)
  }

  /** Looks at the CID between two offsets of the body; undefined when it is good. */
  inspect(start: number, end: number): CidFault | undefined {
    if (end - start > MAX_CID_BYTES) return 'oversized'
    this.#start = start
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
    this.#digest = varints.offset
    if (this.#code < 0 || length < 0 || this.#digest + length !== end) return 'malformed'
    return this.#code === IDENTITY ? 'identity' : undefined
  }

  /** The key of the CID last inspected and found good. */
  key(): CidKey {
    return multihashKeyAt(this.#body, this.#multihash, this.#end)
  }

  /** The CID last inspected and found good. It does not keep the body alive. */
  cid(): CID {
    const end = this.#end
    if (end > this.#pieceEnd || this.#start < this.#pieceStart) this.#takePiece()
    const piece = this.#piece
    const offset = this.#pieceStart
    const length = end - this.#digest
    const bytes = new Uint8Array(piece, this.#start - offset, end - this.#start)
    const multihash = new Uint8Array(piece, this.#multihash - offset, end - this.#multihash)
    const digest = new Uint8Array(piece, this.#digest - offset, length)
    return new CID(this.#version, this.#codec, new Digest(this.#code, length, digest, multihash), bytes)
  }

  /** Copies the part of the body that starts with the CID at hand. */
  #takePiece(): void {
    const { buffer, byteOffset, length } = this.#body
    this.#pieceStart = this.#start
    this.#pieceEnd = Math.min(length, this.#start + CID_PIECE_BYTES)
    const piece = new ArrayBuffer(this.#pieceEnd - this.#pieceStart)
    new Uint8Array(piece).set(new Uint8Array(buffer, byteOffset + this.#pieceStart, piece.byteLength))
    this.#piece = piece
  }
}
