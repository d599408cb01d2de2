import { stir } from '../small-hash.ts'
import { InvalidParametersError } from '../errors.ts'
import { MAX_BLOCK_BYTES } from '../message/limits.ts'

/** Two Fibonacci numbers in a row: multiples of the smaller are spread over the larger as evenly as can be, however many. */
const POSITIONS = 14_930_352
const FILE_STRIDE = 9_227_465
/** Files times blocks of each that are sure not to meet: a little less than POSITIONS / √5. */
const MAX_BLOCKS = 6_500_000

/** Bounded: one for the process, made when first asked for. */
let shared: Uint8Array | undefined

/**
 * Pseudo-random bytes for block `leaf` of file `index`: a view of `length` bytes into one shared buffer of 18 MiB, so that
 * gigabytes of distinct content cost the views alone. Blocks of files 0 to n − 1 are distinct if none has more than
 * 6,500,000 / n blocks; beyond, this refuses to answer.
 */
export function contentBytes(index: number, leaf: number, length: number): Uint8Array {
  if (!Number.isSafeInteger(index) || index < 0 || (index + 1) * (leaf + 1) > MAX_BLOCKS) {
    throw new InvalidParametersError(
      `block ${leaf} of file ${index}: expected (index + 1) × (blocks of the file) to be ${MAX_BLOCKS} at most`
    )
  }
  if (!(length >= 0 && length <= MAX_BLOCK_BYTES)) {
    throw new InvalidParametersError(`a block of ${length} bytes: expected 0 to ${MAX_BLOCK_BYTES}`)
  }
  shared ??= makeBytes(POSITIONS + MAX_BLOCK_BYTES)
  const position = ((index * FILE_STRIDE) % POSITIONS) + leaf
  return shared.subarray(position % POSITIONS, (position % POSITIONS) + length)
}

/** Each word is the hash of its number. Little-endian everywhere. */
function makeBytes(length: number): Uint8Array {
  const words = Math.ceil(length / 4)
  const view = new DataView(new ArrayBuffer(words * 4))
  for (let word = 0; word < words; word++) {
    view.setInt32(word * 4, stir(Math.imul(word + 1, 0x9e3779b1)), true)
  }
  return new Uint8Array(view.buffer)
}
