import type { CID } from 'multiformats/cid'
import { HEAL_ADVICE } from '../../api/service/damage-advice.ts'
import { notFoundOffline } from '../../content/collector.ts'
import { IDENTITY_CODE } from '../../hashing/hash-codes.ts'
import type { AbortOptions, Blockstore } from '../../ports.ts'
import type { BlockSource } from '../../content/dag-reader.ts'
import type { Keeping } from '../keeping/keeping.ts'

/** The stores below, where more is known of a block than that it cannot be had. */
export interface LocalKeeping {
  readonly blocks: Pick<Keeping['blocks'], 'readUnchecked'>
  readonly damage: Pick<Keeping['damage'], 'findMissed'>
}

/** Blocks of the repo alone: what is not there is not found, and nobody is asked. */
export class LocalSource implements BlockSource {
  readonly #blocks: Blockstore
  readonly #keeping: LocalKeeping

  constructor(blocks: Blockstore, keeping: LocalKeeping) {
    this.#blocks = blocks
    this.#keeping = keeping
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

  /** A store that puts nothing apart still has what is damaged, and says that it has nothing. */
  async #whyAbsent(cid: CID, options?: AbortOptions): Promise<string> {
    const { blocks, damage } = this.#keeping
    const isDamaged =
      (await damage.findMissed(cid, options)) !== undefined || (await blocks.readUnchecked(cid, options)) !== undefined
    return isDamaged ? `: its copy here is damaged, and ${HEAL_ADVICE}` : ''
  }
}
