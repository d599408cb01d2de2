import type { CID } from 'multiformats/cid'
import { HEAL_ADVICE } from '../../api/service/damage-advice.ts'
import { notFoundOffline } from '../../content/collector.ts'
import { IDENTITY_CODE } from '../../hashing/hash-codes.ts'
import type { AbortOptions, Blockstore } from '../../ports.ts'
import type { BlockSource } from '../../content/dag-reader.ts'
import { examineLocalBlock, type LocalBlockParts } from '../keeping/local-block.ts'

/** Blocks of the repo alone: what is not there is not found, and nobody is asked. */
export class LocalSource implements BlockSource {
  readonly #blocks: Blockstore
  readonly #local: LocalBlockParts

  constructor(blocks: Blockstore, local: LocalBlockParts) {
    this.#blocks = blocks
    this.#local = local
  }

  async get(cid: CID, options?: AbortOptions): Promise<Uint8Array> {
    if (cid.multihash.code === IDENTITY_CODE) return cid.multihash.digest
    const bytes = await this.#blocks.get(cid, options)
    if (bytes === undefined) throw notFoundOffline(cid, await this.#whyAbsent(cid, options))
    return bytes
  }

  prefetch(): void {
    // What is here need not be fetched.
  }

  close(): void {
    // The store is closed with the repo.
  }

  async #whyAbsent(cid: CID, options?: AbortOptions): Promise<string> {
    await this.#local.hashers.load()
    const { state } = await examineLocalBlock(this.#local, cid, options)
    return state === 'damaged' || state === 'missed' ? `: its copy here is damaged, and ${HEAL_ADVICE}` : ''
  }
}
