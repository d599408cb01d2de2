/** Hashes of 32 bits that spread well and are hard for nobody to guess: for orders and draws, never for names. */

const FNV_BASIS = 0x811c_9dc5
const FNV_PRIME = 0x0100_0193

/** FNV-1a over the characters of a text, a byte each, from 0 to 2³² − 1; `salt` makes it another one. */
export function fnv1a(text: string, salt = 0): number {
  let hash = FNV_BASIS ^ salt
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME)
  return hash >>> 0
}

/** The last stir of MurmurHash3 (public domain): near numbers come far apart. From −2³¹ to 2³¹ − 1. */
export function stir(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
