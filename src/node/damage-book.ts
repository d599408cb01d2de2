import { Key, type Datastore } from 'interface-datastore'
import { CID } from 'multiformats/cid'
import { StoreError } from '../errors.ts'

const KEY = new Key('/barter/damaged')
/** More than these are no longer told one by one anywhere. */
const MAX_DAMAGED = 1_000

/**
 * The blocks that the last look at all of them found damaged, and left where they are: whoever asks later how the repo is
 * doing need not read every block again. Failures reject with `StoreError`.
 */
export class DamageBook {
  readonly #datastore: Datastore

  constructor(datastore: Datastore) {
    this.#datastore = datastore
  }

  /** At most `MAX_DAMAGED`. What cannot be made out names none: the next look at all blocks writes it anew. */
  async read(): Promise<readonly CID[]> {
    try {
      const names: unknown = JSON.parse(new TextDecoder().decode(await this.#datastore.get(KEY)))
      return Array.isArray(names) ? names.map((name) => CID.parse(String(name))) : []
    } catch (cause) {
      if (cause instanceof SyntaxError || (cause instanceof Error && cause.name === 'NotFoundError')) return []
      throw new StoreError('what was found damaged cannot be read', { cause })
    }
  }

  async write(cids: readonly CID[]): Promise<void> {
    try {
      if (cids.length === 0) await this.#datastore.delete(KEY)
      else
        await this.#datastore.put(KEY, new TextEncoder().encode(JSON.stringify(cids.slice(0, MAX_DAMAGED).map(String))))
    } catch (cause) {
      throw new StoreError('what was found damaged cannot be written down', { cause })
    }
  }
}
