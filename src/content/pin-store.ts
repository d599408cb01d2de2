import { Key, type Datastore } from 'interface-datastore'
import { CID } from 'multiformats/cid'
import { StoreError } from '../errors.ts'
import type { AbortOptions } from '../ports.ts'
import { syncDatastore } from '../storage/sync-datastore.ts'

/** `recursive`: the block and all that is below it. `direct`: the block alone. */
export type PinMode = 'recursive' | 'direct'

/** What its owner wants to keep. Another CID of the same block is another pin. */
export interface Pin {
  readonly cid: CID
  readonly mode: PinMode
  /** Given by its owner; empty for none. */
  readonly name: string
}

const PREFIX = '/barter/pins'
/** The first member of a written record. Another number is a form that this version cannot read. */
const VERSION = 1

/**
 * Pins, one small JSON array each under `/barter/pins/<cid>`, on the disk before a change resolves. A record that cannot be
 * read is a failure, and never passed over: what it keeps would be lost. Only who names its pin may replace or remove it. Failures reject with `StoreError`.
 */
export class PinStore {
  readonly #datastore: Datastore
  #version = 0

  constructor(datastore: Datastore) {
    this.#datastore = datastore
  }

  /** Another number after each change: who looked at pins can tell whether what was seen still holds. */
  get version(): number {
    return this.#version
  }

  async get(cid: CID): Promise<Pin | undefined> {
    const found = await this.find(cid)
    if (found === 'damaged') throw damaged(keyOf(cid))
    return found
  }

  /** For who sets or removes this very pin: `damaged` when there is a record, and it cannot be made out. */
  async find(cid: CID): Promise<Pin | 'damaged' | undefined> {
    const key = keyOf(cid)
    return await attempt(`the pin of ${cid.toString()} cannot be read`, async () => {
      try {
        return decode(key, await this.#datastore.get(key)) ?? 'damaged'
      } catch (error) {
        if (error instanceof Error && error.name === 'NotFoundError') return undefined
        throw error
      }
    })
  }

  async *all({ signal }: AbortOptions = {}): AsyncGenerator<Pin> {
    try {
      for await (const { key, value } of this.#datastore.query({ prefix: `${PREFIX}/` })) {
        signal?.throwIfAborted()
        const pin = decode(key, value)
        if (pin === undefined) throw damaged(key)
        yield pin
      }
    } catch (cause) {
      signal?.throwIfAborted()
      throw cause instanceof StoreError ? cause : new StoreError('the pins cannot be read', { cause })
    }
  }

  /** All of it or, should the process end meanwhile, nothing. */
  async change({ put = [], remove = [] }: { put?: readonly Pin[]; remove?: readonly CID[] }): Promise<void> {
    this.#version += 1
    await attempt('the pins cannot be written', async () => {
      const batch = this.#datastore.batch()
      for (const cid of remove) batch.delete(keyOf(cid))
      for (const pin of put) batch.put(keyOf(pin.cid), encode(pin))
      await batch.commit()
      await syncDatastore(this.#datastore)
    })
    this.#version += 1
  }
}

function keyOf(cid: CID): Key {
  return new Key(`${PREFIX}/${cid.toString()}`)
}

function encode({ mode, name }: Pin): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([VERSION, mode, name]))
}

/** Undefined when it cannot be made out. */
function decode(key: Key, bytes: Uint8Array): Pin | undefined {
  try {
    const cid = CID.parse(key.toString().slice(PREFIX.length + 1))
    const fields: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (!Array.isArray(fields)) return undefined
    const [version, mode, name] = fields as unknown[]
    const known = mode === 'recursive' || mode === 'direct'
    return version === VERSION && known && typeof name === 'string' ? { cid, mode, name } : undefined
  } catch {
    return undefined
  }
}

function damaged(key: Key): StoreError {
  return new StoreError(`the record of the pin ${key.toString()} is damaged: pin it again, or remove the pin`)
}

async function attempt<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    throw cause instanceof StoreError ? cause : new StoreError(what, { cause })
  }
}
