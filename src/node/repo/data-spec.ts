import { placeOfSpec } from '../../storage/storage-spec.ts'
import { isObject } from '../config/json.ts'
import type { StorageChoice } from '../config/storage-section.ts'

/**
 * What the `datastore_spec` file says: how the data in this repo was written, whatever the config says later. Caches, and
 * parameters such as the size of one, may change from one start to the next and are left out.
 */
export function datastoreSpec({ blocks, metadata, stores = {} }: StorageChoice): string {
  const own = Object.entries(stores).filter(([, spec]) => spec !== '')
  const places = Object.fromEntries(own.map(([name, spec]) => [name, placeOfSpec(spec)]))
  const keeper = typeof blocks === 'string' ? blocks : (blocks.at(-1) ?? '')
  const spec = { type: 'barter', blocks: placeOfSpec(keeper), metadata: placeOfSpec(metadata) }
  return `${JSON.stringify(own.length === 0 ? spec : { ...spec, stores: places })}\n`
}

/** Whether data written as a `datastore_spec` file says is found by a config; undefined for a file of another program. */
export function isSameData(written: string | undefined, storage: StorageChoice): boolean | undefined {
  const said = parse(written)
  if (!isObject(said) || said.type !== 'barter') return undefined
  const { blocks, metadata, stores } = said
  if (typeof blocks !== 'string' || typeof metadata !== 'string') return false
  const own = isObject(stores) ? Object.entries(stores).map(([name, spec]) => [name, String(spec)] as const) : []
  return datastoreSpec({ blocks, metadata, stores: Object.fromEntries(own) }) === datastoreSpec(storage)
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown
  } catch {
    return undefined
  }
}
