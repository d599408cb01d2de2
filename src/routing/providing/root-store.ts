import { Key, type Datastore } from 'interface-datastore'
import type { CID } from 'multiformats/cid'
import { StoreError } from '../../errors.ts'
import type { AbortOptions } from '../../ports.ts'
import { keyText, readKeyText } from './key-text.ts'
import type { ProvidedSource } from './provided-source.ts'

const PREFIX = '/barter/roots'
const WRITTEN = new Uint8Array([1])

/** The roots of what was added here, one small record each under `/barter/roots/<cid>`. Failures reject with `StoreError`. */
export class RootStore implements ProvidedSource {
  readonly #datastore: Datastore

  constructor(datastore: Datastore) {
    this.#datastore = datastore
  }

  async add(cid: CID): Promise<void> {
    await attempt('a root cannot be written down', async () => await this.#datastore.put(keyOf(cid), WRITTEN))
  }

  async remove(cid: CID): Promise<void> {
    await attempt('a root cannot be removed', async () => await this.#datastore.delete(keyOf(cid)))
  }

  async *all({ signal }: AbortOptions = {}): AsyncGenerator<CID> {
    try {
      for await (const key of this.#datastore.queryKeys({ prefix: `${PREFIX}/` })) {
        signal?.throwIfAborted()
        const cid = readKeyText(key.toString().slice(PREFIX.length + 1))
        if (cid !== undefined) yield cid
      }
    } catch (cause) {
      signal?.throwIfAborted()
      throw new StoreError('the roots cannot be read', { cause })
    }
  }
}

function keyOf(cid: CID): Key {
  return new Key(`${PREFIX}/${keyText(cid)}`)
}

async function attempt(what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (cause) {
    throw new StoreError(what, { cause })
  }
}
