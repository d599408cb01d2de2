/** Size in bytes of a slab: what one small block that is kept may keep alive. */
export const SLAB_BYTES = 64 * 1024
/** Blocks above this get memory of their own. */
const MAX_SHARED_BYTES = SLAB_BYTES / 4

/**
 * Copies small blocks out of the messages they came in. A block is a view on its message, of up to 4 MiB; kept as it is,
 * it would keep all of that in memory. An array for each block would cost more than its bytes, so that small ones share.
 */
export class Slab {
  #slab: ArrayBufferLike = new ArrayBuffer(0)
  #used = 0

  /** The bytes, keeping alive little more than themselves or a slab. Copied only where they do not already. */
  own(bytes: Uint8Array): Uint8Array {
    const { byteLength } = bytes
    if (bytes.buffer.byteLength <= Math.max(SLAB_BYTES, byteLength * 2)) return bytes
    if (byteLength > MAX_SHARED_BYTES) return new Uint8Array(bytes)
    if (this.#used + byteLength > this.#slab.byteLength) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES).buffer
      this.#used = 0
    }
    const owned = new Uint8Array(this.#slab, this.#used, byteLength)
    owned.set(bytes)
    this.#used += byteLength
    return owned
  }
}
