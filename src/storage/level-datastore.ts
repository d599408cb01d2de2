import { mkdir, readdir } from 'node:fs/promises'
import { LevelDatastore } from 'datastore-level'
import type { Batch, Key } from 'interface-datastore'
import { StoreError } from '../errors.ts'

export interface LevelOptions {
  /** Bytes of what was read last, kept unpacked. */
  readonly cacheBytes?: number | undefined
  /** Bytes written that are held back until they are sorted into files. */
  readonly writeBufferBytes?: number | undefined
  /** Pack values (Snappy): good for metadata, in vain for blocks. */
  readonly isPacked: boolean
  /** Every write survives a power cut once it resolved; otherwise it survives the end of the process. */
  readonly isSynced: boolean
}

type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string }

/** What is called of the database: its own types do not know of `sync`, an option of LevelDB. */
interface Database {
  batch(operations: readonly Operation[], options: { readonly sync: boolean }): Promise<void>
}

/** Opens a LevelDB, which is created when it does not exist. Rejects with `StoreError`. */
export async function openLevel(directory: string, options: LevelOptions): Promise<LevelDatastore> {
  const { cacheBytes, writeBufferBytes, isPacked: compression } = options
  const settings = {
    compression,
    ...(cacheBytes === undefined ? {} : { cacheSize: cacheBytes }),
    ...(writeBufferBytes === undefined ? {} : { writeBufferSize: writeBufferBytes })
  }
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await checkCurrent(directory)
    // Once it is made, it opens itself, asked or not: it must not be made before.
    const datastore = new (options.isSynced ? SyncedLevelDatastore : LevelDatastore)(directory, settings)
    await datastore.open()
    return datastore
  } catch (error) {
    throw new StoreError(`${directory} cannot be opened`, { cause: error })
  }
}

/**
 * Without its file `CURRENT`, a database is taken for one that is still to be made, and what is in it removed. One that was
 * cut off while it was made has no values, and may be begun again.
 */
async function checkCurrent(directory: string): Promise<void> {
  const names = await readdir(directory)
  const hasValues = names.some((name) => /^\d+\.(?:ldb|sst|log)$/u.test(name))
  if (hasValues && !names.includes('CURRENT')) throw new Error('its file CURRENT is missing')
}

/** LevelDB that syncs its log with every write. Writes side by side share a sync. */
class SyncedLevelDatastore extends LevelDatastore {
  override async put(key: Key, value: Uint8Array): Promise<Key> {
    await this.#write([{ type: 'put', key: key.toString(), value }])
    return key
  }

  override async delete(key: Key): Promise<void> {
    await this.#write([{ type: 'del', key: key.toString() }])
  }

  override batch(): Batch {
    const operations: Operation[] = []
    return {
      put: (key, value) => void operations.push({ type: 'put', key: key.toString(), value }),
      delete: (key) => void operations.push({ type: 'del', key: key.toString() }),
      commit: async () => await this.#write(operations)
    }
  }

  async #write(operations: readonly Operation[]): Promise<void> {
    await (this.db as unknown as Database).batch(operations, { sync: true })
  }
}
