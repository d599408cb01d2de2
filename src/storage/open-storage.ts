import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import { InvalidParametersError, StoreError } from '../errors.ts'
import type { Blockstore, Hashers, Logger } from '../ports.ts'
import { toBlockstorePort } from './blockstore-port.ts'
import { DurableBlockstore } from './durable-blockstore.ts'
import { MemoryBlockstore } from './memory-blockstore.ts'
import { parseStorageSpec, type StorageSpec } from './storage-spec.ts'

export interface OpenStorageOptions {
  /** Relative directories start here; the working directory by default. */
  readonly base?: string
  readonly logger?: Logger
}

export interface OpenBlockstoreOptions extends OpenStorageOptions {
  readonly hashers: Hashers
}

export interface OpenedBlockstore {
  /** For UnixFS and other users of `interface-blockstore`. */
  readonly blockstore: InterfaceBlockstore
  /** The same blocks, for the exchange. */
  readonly port: Blockstore
  close(): Promise<void>
}

export interface OpenedDatastore {
  readonly datastore: Datastore
  close(): Promise<void>
}

/**
 * Opens blocks by a specification:
 * - `memory:` with `maxBytes=<n>`: gone at the end.
 * - `fs:<directory>` with `durability=sync|fast` and `verify=on|off`: the durable store, the default of the daemon.
 * - `blockstore-fs:<directory>` with `verify=on|off`: the store of that name. Not synced; reports read failures as absence.
 *
 * Parameters follow a `?`, joined by `&`. Throws `InvalidParametersError` for what it does not know, `StoreError` when the
 * disk says no.
 */
export async function openBlockstore(text: string, options: OpenBlockstoreOptions): Promise<OpenedBlockstore> {
  const spec = parseStorageSpec(text, {
    memory: { maxBytes: 'number' },
    fs: { durability: ['sync', 'fast'], verify: ['on', 'off'] },
    'blockstore-fs': { verify: ['on', 'off'] }
  })
  const verify = spec.parameters['verify'] !== 'off'
  if (spec.scheme === 'memory') {
    const maxBytes = spec.parameters['maxBytes']
    const blockstore = new MemoryBlockstore(maxBytes === undefined ? {} : { maxBytes: Number(maxBytes) })
    return { blockstore, port: toBlockstorePort(blockstore), close: () => Promise.resolve() }
  }
  const directory = directoryOf(spec, options)
  const logger = options.logger === undefined ? {} : { logger: options.logger }
  if (spec.scheme === 'fs') {
    const durability = spec.parameters['durability'] === 'fast' ? 'fast' : 'sync'
    const settings = { hashers: options.hashers, durability, verify, ...logger } as const
    const blockstore = await DurableBlockstore.open(directory, settings)
    return { blockstore, port: toBlockstorePort(blockstore), close: () => blockstore.close() }
  }
  const { FsBlockstore } = await import('blockstore-fs')
  const blockstore = new FsBlockstore(directory)
  await opening(directory, () => blockstore.open())
  const port = toBlockstorePort(blockstore, verify ? { verifyWith: options.hashers, ...logger } : logger)
  return { blockstore, port, close: () => blockstore.close() }
}

/** Opens metadata by a specification: `memory:`, or `level:<directory>` for LevelDB, which one process may open at a time. */
export async function openDatastore(text: string, options: OpenStorageOptions = {}): Promise<OpenedDatastore> {
  const spec = parseStorageSpec(text, { memory: {}, level: {} })
  if (spec.scheme === 'memory') {
    const { MemoryDatastore } = await import('datastore-core')
    return { datastore: new MemoryDatastore(), close: () => Promise.resolve() }
  }
  const directory = directoryOf(spec, options)
  const { LevelDatastore } = await import('datastore-level')
  const datastore = new LevelDatastore(directory)
  await opening(directory, async () => {
    await mkdir(directory, { recursive: true })
    await datastore.open()
  })
  return { datastore, close: () => datastore.close() }
}

function directoryOf(spec: StorageSpec, options: OpenStorageOptions): string {
  if (spec.location === '') throw new InvalidParametersError(`storage ${spec.scheme}: names no directory`)
  return resolve(options.base ?? '.', spec.location)
}

async function opening(directory: string, open: () => Promise<void>): Promise<void> {
  try {
    await open()
  } catch (error) {
    throw new StoreError(`${directory} cannot be opened`, { cause: error })
  }
}
