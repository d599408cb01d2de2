/** The first half of MurmurHash3 x64 128 with seed 0, by which HAMTs of UnixFS place their entries. */
const MASK = (1n << 64n) - 1n
const C1 = 0x87c37b91114253d5n
const C2 = 0x4cf5ad432745937fn

export function murmur3(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.length - (bytes.length % 16)
  let h1 = 0n
  let h2 = 0n
  for (let at = 0; at < whole; at += 16) {
    h1 ^= mixFirst(view.getBigUint64(at, true))
    h1 = multiply(rotate(h1, 27n) + h2, 5n) + 0x52dce729n
    h2 ^= mixSecond(view.getBigUint64(at + 8, true))
    h2 = multiply(rotate(h2, 31n) + h1, 5n) + 0x38495ab5n
  }
  h1 = (h1 & MASK) ^ mixFirst(tail(bytes, whole, 0)) ^ BigInt(bytes.length)
  h2 = (h2 & MASK) ^ mixSecond(tail(bytes, whole, 8)) ^ BigInt(bytes.length)
  h1 = (h1 + h2) & MASK
  h2 = (h2 + h1) & MASK
  return (finish(h1) + finish(h2)) & MASK
}

function multiply(a: bigint, b: bigint): bigint {
  return (a * b) & MASK
}

function rotate(value: bigint, bits: bigint): bigint {
  const word = value & MASK
  return ((word << bits) | (word >> (64n - bits))) & MASK
}

function mixFirst(word: bigint): bigint {
  return multiply(rotate(multiply(word, C1), 31n), C2)
}

function mixSecond(word: bigint): bigint {
  return multiply(rotate(multiply(word, C2), 33n), C1)
}

/** Up to eight bytes behind the whole blocks, as a number with the first byte lowest. */
function tail(bytes: Uint8Array, whole: number, from: number): bigint {
  const part = bytes.subarray(whole + from, whole + from + 8)
  return part.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

function finish(word: bigint): bigint {
  const first = multiply(word ^ (word >> 33n), 0xff51afd7ed558ccdn)
  const second = multiply(first ^ (first >> 33n), 0xc4ceb9fe1a85ec53n)
  return second ^ (second >> 33n)
}
