/** "expand 32-byte k" as four little-endian words. */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const
const BLOCK_BYTES = 64

/**
 * The first `length` bytes of the Salsa20/20 key stream (Bernstein, 2005). Not a cipher for traffic: `swarm.key`
 * fingerprints are made with it. `key` has 32 bytes, `nonce` 8.
 */
export function salsa20(key: Uint8Array, nonce: Uint8Array, length: number): Uint8Array {
  const words = (bytes: Uint8Array): number[] => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4, true))
  }
  const [c0, c1, c2, c3] = CONSTANTS
  const k = words(key)
  const output = new Uint8Array(Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES)
  for (let block = 0; block * BLOCK_BYTES < length; block++) {
    const counter = [block, 0]
    const input = [c0, ...k.slice(0, 4), c1, ...words(nonce), ...counter, c2, ...k.slice(4), c3]
    const view = new DataView(output.buffer, block * BLOCK_BYTES, BLOCK_BYTES)
    hash(Uint32Array.from(input)).forEach((word, index) => view.setUint32(index * 4, word, true))
  }
  return output.subarray(0, length)
}

function hash(input: Uint32Array): Uint32Array {
  const x = Uint32Array.from(input)
  const quarter = (a: number, b: number, c: number, d: number): void => {
    mix(x, b, a, d, 7)
    mix(x, c, b, a, 9)
    mix(x, d, c, b, 13)
    mix(x, a, d, c, 18)
  }
  for (let round = 0; round < 10; round++) {
    // Columns, then rows.
    for (let i = 0; i < 4; i++) quarter(5 * i, (5 * i + 4) % 16, (5 * i + 8) % 16, (5 * i + 12) % 16)
    for (let i = 0; i < 4; i++) quarter(5 * i, 4 * i + ((i + 1) % 4), 4 * i + ((i + 2) % 4), 4 * i + ((i + 3) % 4))
  }
  return x.map((word, index) => word + (input[index] ?? 0))
}

/** `x[target] ^= (x[left] + x[right]) <<< bits` on 32-bit words. */
function mix(x: Uint32Array, target: number, left: number, right: number, bits: number): void {
  const sum = ((x[left] ?? 0) + (x[right] ?? 0)) >>> 0
  x[target] = (x[target] ?? 0) ^ ((sum << bits) | (sum >>> (32 - bits)))
}
