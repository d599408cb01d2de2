import type { Datastore } from 'interface-datastore'

/** A datastore whose writes can be made to last: what was written before is on the disk once this resolves. */
export interface SyncedDatastore extends Datastore {
  sync(): Promise<void>
}

/** Makes all that was written last, where the datastore can; one in memory has nothing to do. */
export async function syncDatastore(datastore: Datastore): Promise<void> {
  if (isSynced(datastore)) await datastore.sync()
}

function isSynced(datastore: Datastore): datastore is SyncedDatastore {
  return typeof Reflect.get(datastore, 'sync') === 'function'
}
