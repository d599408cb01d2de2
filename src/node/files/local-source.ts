import type { CID } from 'multiformats/cid'
import { notFoundOffline } from '../../content/collector.ts'
import { IDENTITY_CODE } from '../../hashing/hash-codes.ts'
import type { AbortOptions, Blockstore } from '../../ports.ts'
import type { BlockSource } from '../../content/dag-reader.ts'
import type { DamageBook } from '../keeping/damage-book.ts'

/** Blocks of the repo alone: what is not there is not found, and nobody is asked. */
export class LocalSource implements BlockSource {
  readonly #blocks: Blockstore
  readonly #damage: Pick<DamageBook, 'findMissed'>

  constructor(blocks: Blockstore, damage: Pick<DamageBook, 'findMissed'>) {
    this.#blocks = blocks
    this.#damage = damage
  }

  async get(cid: CID, options?: AbortOptions): Promise<Uint8Array> {
    if (cid.multihash.code === IDENTITY_CODE) return cid.multihash.digest
    const bytes = await this.#blocks.get(cid, options)
    if (bytes === undefined) throw notFoundOffline(cid, await this.#whyMissed(cid))
    return bytes
  }

  prefetch(): void {
    // What is here need not be fetched.
  }

  close(): void {
    // The store is closed with the repo.
  }

  async #whyMissed(cid: CID): Promise<string> {
    const missed = await this.#damage.findMissed(cid)
    return missed === undefined ? '' : ': its copy here is damaged, and "barter repo verify --heal" fetches it again'
  }
}
