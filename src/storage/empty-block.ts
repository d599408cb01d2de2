import type { CID } from 'multiformats/cid'
import { MIN_DIGEST_BYTES } from '../hashing/verify-block.ts'
import type { AbortOptions, Blockstore, Hashers, MaybePromise } from '../ports.ts'

const NOTHING = new Uint8Array(0)

/**
 * A store in which the block of no bytes is never missing, whatever its hash function: like an identity CID it says by
 * itself what it holds. Nobody need be asked for it, and many could not tell: Boxo and Kubo take a size of nothing for
 * absence, so that a folder with an empty file could never be read from them. It is stored when it is first read, for
 * those who look into the store by another way.
 */
export class StoreWithEmptyBlock implements Blockstore {
  readonly #store: Blockstore
  readonly #hashers: Hashers
  /** Bounded: the hash functions that are accepted. */
  readonly #digests = new Map<number, Uint8Array>()

  constructor(store: Blockstore, hashers: Hashers) {
    this.#store = store
    this.#hashers = hashers
  }

  get(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#isEmptyBlock(cid) ? this.#get(cid, options) : this.#store.get(cid, options)
  }

  size(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    return this.#isEmptyBlock(cid) ? 0 : this.#store.size(cid, options)
  }

  put(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    return this.#store.put(cid, bytes, options)
  }

  async #get(cid: CID, options?: AbortOptions): Promise<Uint8Array> {
    if ((await this.#store.size(cid, options)) === undefined) await this.#store.put(cid, NOTHING, options)
    return NOTHING
  }

  #isEmptyBlock(cid: CID): boolean {
    const { code, digest } = cid.multihash
    const right = this.#digestOfNothing(code)
    if (right === undefined || digest[0] !== right[0]) return false
    if (digest.byteLength < MIN_DIGEST_BYTES || digest.byteLength > right.byteLength) return false
    return digest.every((byte, i) => byte === right[i])
  }

  #digestOfNothing(code: number): Uint8Array | undefined {
    const known = this.#digests.get(code)
    if (known !== undefined || !this.#hashers.has(code)) return known
    const digest = this.#hashers.digest(code, NOTHING)
    this.#digests.set(code, digest)
    return digest
  }
}
