import { varintLength, writeVarint } from '../message/varint.ts'

/** A whole number as a varint: seven bits a byte, the lowest first. */
export function varintBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(varintLength(value))
  writeVarint(bytes, 0, value)
  return bytes
}
