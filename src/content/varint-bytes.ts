import { varint } from 'multiformats'

/** A whole number as a varint: seven bits a byte, the lowest first. */
export function varintBytes(value: number): Uint8Array {
  return varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)), 0)
}
