import { resolve } from 'node:path'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import { InvalidParametersError } from '../errors.ts'
import type { Blockstore, Hashers, Logger } from '../ports.ts'
import { toBlockstorePort } from './blockstore-port.ts'
import { MeteredBlockstore } from './metered-blockstore.ts'
import { openBlockTier } from './open-block-tier.ts'
import { openCache, type OpenedCache } from './open-cache.ts'
import { bytesOf, parseStorageSpec } from './storage-spec.ts'
import { StoreMeter, type StoreStats } from './store-stats.ts'
import { TieredBlockstore } from './tiered-blockstore.ts'

export interface OpenStorageOptions {
  /** Relative directories start here; the working directory by default. */
  readonly base?: string
  readonly logger?: Logger
  /** What it is for, in what `stats` tells. */
  readonly name?: string
}

export interface OpenBlockstoreOptions extends OpenStorageOptions {
  readonly hashers: Hashers
}

export interface OpenedBlockstore {
  /** For UnixFS and other users of `interface-blockstore`. */
  readonly blockstore: InterfaceBlockstore
  /** The same blocks, for the exchange. */
  readonly port: Blockstore
  /** What each store did, the caches first. */
  readonly stats: () => readonly StoreStats[]
  readonly close: () => Promise<void>
}

export interface OpenedDatastore {
  readonly datastore: Datastore
  readonly stats: () => readonly StoreStats[]
  readonly close: () => Promise<void>
}

/**
 * Opens blocks by a specification:
 * - `memory:` with `maxBytes=<n>`: gone at the end.
 * - `fs:<directory>` with `durability=sync|fast` and `verify=on|off`: the durable store, the default of the daemon.
 * - `level:<directory>` with `durability`, `verify`, `compression=on|off`, `cache=<n>` and `writeBuffer=<n>`: LevelDB.
 * - `blockstore-fs:<directory>` with `verify=on|off`: the store of that name. Not synced; reports read failures as absence.
 *
 * Parameters follow a `?`, joined by `&`. Of a list, the last one keeps the blocks; each before it is a cache, and must have
 * `maxBytes`: the blocks used last stay in it. Throws `InvalidParametersError` for what it does not know, `StoreError` when
 * the disk says no.
 */
export async function openBlockstore(
  specs: string | readonly string[],
  options: OpenBlockstoreOptions
): Promise<OpenedBlockstore> {
  const list = typeof specs === 'string' ? [specs] : specs
  const { name = 'blocks' } = options
  const keeper = await openBlockTier(list.at(-1) ?? '', options)
  const meter = new StoreMeter({ name, kind: keeper.kind, location: keeper.location })
  const store = new MeteredBlockstore(keeper.store, meter)
  const closers = [keeper.close]
  const close = async (): Promise<void> => {
    for (const end of closers) await end()
  }
  try {
    const caches: OpenedCache[] = []
    for (const [index, text] of list.slice(0, -1).entries()) {
      const cache = await openCache(text, {
        ...options,
        name: index === 0 ? `${name}.cache` : `${name}.cache${index + 1}`
      })
      caches.push(cache)
      closers.push(cache.close)
    }
    const whole =
      caches.length === 0
        ? store
        : new TieredBlockstore(
            caches.map(({ cache }) => cache),
            store
          )
    const stats = (): readonly StoreStats[] => [
      ...caches.map((cache) => cache.stats()),
      { ...meter.stats(), ...keeper.damage?.() }
    ]
    return { blockstore: whole, port: toBlockstorePort(whole), stats, close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Opens metadata by a specification: `memory:`, or `level:<directory>` for LevelDB, which one process may open at a time. It
 * may have `cache=<bytes>`, `writeBuffer=<bytes>`, `compression=on|off` (on by default) and `sync=on|off` (off: what was
 * written survives the end of the process, and what must survive a power cut is synced by whoever writes it).
 */
export async function openDatastore(text: string, options: OpenStorageOptions = {}): Promise<OpenedDatastore> {
  const spec = parseStorageSpec(text, {
    memory: {},
    level: { cache: 'bytes', writeBuffer: 'bytes', compression: ['on', 'off'], sync: ['on', 'off'] }
  })
  const { MeteredDatastore } = await import('./metered-datastore.ts')
  const meterOf = (location: string): StoreMeter =>
    new StoreMeter({ name: options.name ?? 'metadata', kind: spec.scheme, location })
  if (spec.scheme === 'memory') {
    const { MemoryDatastore } = await import('datastore-core')
    const meter = meterOf('')
    const datastore = new MeteredDatastore(new MemoryDatastore(), meter)
    return { datastore, stats: () => [meter.stats()], close: () => Promise.resolve() }
  }
  if (spec.location === '') throw new InvalidParametersError('storage level: names no directory')
  const { openLevel } = await import('./level-datastore.ts')
  const { cache, writeBuffer, compression, sync } = spec.parameters
  const level = await openLevel(resolve(options.base ?? '.', spec.location), {
    cacheBytes: bytesOf(cache),
    writeBufferBytes: bytesOf(writeBuffer),
    isPacked: compression !== 'off',
    isSynced: sync === 'on'
  })
  const meter = meterOf(spec.location)
  const datastore = new MeteredDatastore(level, meter)
  return { datastore, stats: () => [meter.stats()], close: () => level.close() }
}
