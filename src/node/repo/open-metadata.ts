import type { Datastore } from 'interface-datastore'
import { openDatastore, type OpenStorageOptions } from '../../storage/open-storage.ts'
import { SplitDatastore, type SplitPart } from '../../storage/split-datastore.ts'
import type { StoreStats } from '../../storage/store-stats.ts'
import { STORE_KINDS, type StorageChoice } from '../config/storage-section.ts'

export interface OpenedMetadata {
  readonly datastore: Datastore
  readonly stats: () => readonly StoreStats[]
  readonly close: () => Promise<void>
}

/** Opens all that is no block: one datastore, with others beside it for the kinds that have one of their own. */
export async function openMetadata(
  { metadata, stores = {} }: StorageChoice,
  options: OpenStorageOptions
): Promise<OpenedMetadata> {
  const rest = await openDatastore(metadata, options)
  const opened = [rest]
  const close = async (): Promise<void> => {
    for (const store of opened) await store.close()
  }
  try {
    const parts: SplitPart[] = []
    for (const [name, { prefixes }] of Object.entries(STORE_KINDS)) {
      const spec = stores[name] ?? ''
      if (spec === '') continue
      const store = await openDatastore(spec, { ...options, name: name.toLowerCase() })
      opened.push(store)
      parts.push({ prefixes, datastore: store.datastore })
    }
    const datastore = parts.length === 0 ? rest.datastore : new SplitDatastore(parts, rest.datastore)
    return { datastore, stats: () => opened.flatMap((store) => store.stats()), close }
  } catch (error) {
    await close()
    throw error
  }
}
