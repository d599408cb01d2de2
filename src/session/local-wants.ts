import type { CID } from 'multiformats/cid'
import { NotFoundError } from '../errors.ts'
import { cidKey } from '../ids.ts'
import type { AbortOptions, Blockstore } from '../ports.ts'
import type { Wanting } from './get-blocks.ts'
import type { Waiter } from './waiter.ts'

/** Wants that only the local store can answer: what a request runs on when it may ask nobody else. */
export class LocalWants implements Wanting {
  readonly #blockstore: Pick<Blockstore, 'get'>
  readonly #options: AbortOptions

  constructor(blockstore: Pick<Blockstore, 'get'>, { signal }: AbortOptions) {
    this.#blockstore = blockstore
    this.#options = { signal }
  }

  /** Rejects with `NotFoundError` when the block is not here. */
  async get(cid: CID): Promise<Uint8Array> {
    const bytes = await this.#blockstore.get(cid, this.#options)
    if (bytes === undefined) throw new NotFoundError(`block was not found locally (offline): ${cid.toString()}`)
    return bytes
  }

  want(cid: CID, waiter: Waiter): void {
    const key = cidKey(cid)
    this.get(cid).then(
      (bytes) => waiter.arrived(key, bytes, undefined),
      (error: unknown) => waiter.failed(key, error)
    )
  }

  /** A look that is under way goes on; a request that has ended does not hear of it. */
  unwant(): void {
    // Nothing is kept for a want, so there is nothing to let go of.
  }
}
