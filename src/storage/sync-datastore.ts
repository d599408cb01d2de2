import type { Datastore } from 'interface-datastore'

/** Where the write that makes earlier ones last is done. LevelDB syncs its log, in which they all stand. */
const MARK = '/barter/synced'

interface SyncedBatch {
  batch(operations: readonly unknown[], options: { readonly sync: true }): Promise<void>
}

/**
 * Makes all that was written last: what a power cut would take away is on the disk once this resolves. A datastore says how
 * by a method `sync`; of `datastore-level`, whose writes are not synced, the database within is known. One in memory has
 * nothing to do.
 */
export async function syncDatastore(datastore: Datastore): Promise<void> {
  const sync: unknown = Reflect.get(datastore, 'sync')
  if (typeof sync === 'function') {
    await (Reflect.apply(sync, datastore, []) as Promise<void>)
    return
  }
  const database: unknown = Reflect.get(datastore, 'db')
  if (!isDatabase(database)) return
  await database.batch([{ type: 'put', key: MARK, value: new Uint8Array(0) }], { sync: true })
}

function isDatabase(value: unknown): value is SyncedBatch {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'batch') === 'function'
}
