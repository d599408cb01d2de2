/** Memory of its own, not zeroed: for those who write every byte before they hand it out. */
export function unfilledBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
