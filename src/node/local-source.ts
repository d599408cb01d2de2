import type { CID } from 'multiformats/cid'
import { notFoundOffline } from '../content/collector.ts'
import { IDENTITY_CODE } from '../hashing/hash-codes.ts'
import type { AbortOptions, Blockstore } from '../ports.ts'
import type { BlockSource } from '../content/dag-reader.ts'

/** Blocks of the repo alone: what is not there is not found, and nobody is asked. */
export class LocalSource implements BlockSource {
  readonly #blocks: Blockstore

  constructor(blocks: Blockstore) {
    this.#blocks = blocks
  }

  async get(cid: CID, options?: AbortOptions): Promise<Uint8Array> {
    if (cid.multihash.code === IDENTITY_CODE) return cid.multihash.digest
    const bytes = await this.#blocks.get(cid, options)
    if (bytes === undefined) throw notFoundOffline(cid)
    return bytes
  }

  prefetch(): void {
    // What is here need not be fetched.
  }

  close(): void {
    // The store is closed with the repo.
  }
}
