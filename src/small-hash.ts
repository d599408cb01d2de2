/** Hashes of 32 bits that spread well and are hard for nobody to guess: for orders and draws, never for names. */

/** Where FNV-1a of 32 bits begins. */
export const FNV_BASIS = 0x811c_9dc5
const FNV_PRIME = 0x0100_0193

/** FNV-1a over the characters of a text, a byte each, from 0 to 2³² − 1; `salt` makes it another one. */
export function fnv1a(text: string, salt = 0): number {
  return absorbText(FNV_BASIS ^ salt, text) >>> 0
}

/** One byte more in an FNV-1a that comes in pieces: from `FNV_BASIS` on, and `>>> 0` at the end. */
export function absorbByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, FNV_PRIME)
}

/** As `absorbByte`, for all characters of a text, a byte each. */
export function absorbText(hash: number, text: string): number {
  let absorbed = hash
  for (let at = 0; at < text.length; at++) absorbed = absorbByte(absorbed, text.charCodeAt(at))
  return absorbed
}

/** The last stir of MurmurHash3 (public domain): near numbers come far apart. From −2³¹ to 2³¹ − 1. */
export function stir(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
