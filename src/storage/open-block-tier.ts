import { resolve } from 'node:path'
import { InvalidParametersError, StoreError } from '../errors.ts'
import type { Hashers, Logger } from '../ports.ts'
import { AdaptedBlockstore } from './adapted-blockstore.ts'
import { toBlockstorePort } from './blockstore-port.ts'
import type { BaseDirectBlockstore } from './direct-blockstore.ts'
import { DurableBlockstore } from './durable-blockstore.ts'
import { MemoryBlockstore } from './memory-blockstore.ts'
import { bytesOf, parseStorageSpec, type AllowedParameters, type StorageSpec } from './storage-spec.ts'
import type { StoreStats } from './store-stats.ts'

export interface BlockTierOptions {
  readonly hashers: Hashers
  readonly base?: string
  readonly logger?: Logger
}

/** One store of blocks, by itself. */
export interface BlockTier {
  readonly kind: string
  /** As in the specification. */
  readonly location: string
  readonly store: BaseDirectBlockstore
  /** Of a store that puts damaged blocks apart. */
  readonly damage?: () => Pick<StoreStats, 'damaged' | 'healed'>
  readonly close: () => Promise<void>
}

const VERIFY = ['on', 'off']
const DURABILITY = ['sync', 'fast']

const SCHEMES: Readonly<Record<string, AllowedParameters>> = {
  memory: { maxBytes: 'bytes' },
  fs: { durability: DURABILITY, verify: VERIFY },
  level: {
    durability: DURABILITY,
    verify: VERIFY,
    compression: ['on', 'off'],
    cache: 'bytes',
    writeBuffer: 'bytes'
  },
  'blockstore-fs': { verify: VERIFY }
}

/** Opens one store of blocks. `more` are parameters that it may have beside its own. */
export async function openBlockTier(
  text: string,
  options: BlockTierOptions,
  more: AllowedParameters = {}
): Promise<BlockTier> {
  const schemes = Object.fromEntries(Object.entries(SCHEMES).map(([name, own]) => [name, { ...more, ...own }]))
  const spec = parseStorageSpec(text, schemes)
  const { scheme: kind, location } = spec
  if (kind === 'memory') {
    const maxBytes = bytesOf(spec.parameters['maxBytes'])
    const store = new MemoryBlockstore(maxBytes === undefined ? {} : { maxBytes })
    return { kind, location: '', store, close: () => Promise.resolve() }
  }
  if (location === '') throw new InvalidParametersError(`storage ${kind}: names no directory`)
  const directory = resolve(options.base ?? '.', location)
  if (kind === 'fs') return { kind, location, ...(await openFiles(directory, spec, options)) }
  if (kind === 'level') return { kind, location, ...(await openLevelBlocks(directory, spec, options)) }
  return { kind, location, ...(await openFsBlockstore(directory, spec, options)) }
}

async function openFiles(directory: string, spec: StorageSpec, { hashers, logger }: BlockTierOptions) {
  const store = await DurableBlockstore.open(directory, {
    hashers,
    durability: spec.parameters['durability'] === 'fast' ? 'fast' : 'sync',
    verify: spec.parameters['verify'] !== 'off',
    ...(logger && { logger })
  })
  const damage = () => {
    const { quarantined: damaged, healed } = store.counters()
    return { damaged, healed }
  }
  return { store, damage, close: () => store.close() }
}

async function openLevelBlocks(directory: string, spec: StorageSpec, { hashers, logger }: BlockTierOptions) {
  const { openLevel } = await import('./level-datastore.ts')
  const { LevelBlockstore } = await import('./level-blockstore.ts')
  const { durability, verify, compression, cache, writeBuffer } = spec.parameters
  const level = await openLevel(directory, {
    cacheBytes: bytesOf(cache),
    writeBufferBytes: bytesOf(writeBuffer),
    // Blocks are mostly packed already.
    isPacked: compression === 'on',
    isSynced: durability !== 'fast'
  })
  const store = new LevelBlockstore({ level, logger, verifyWith: verify === 'off' ? undefined : hashers })
  return { store, close: () => store.close() }
}

async function openFsBlockstore(directory: string, spec: StorageSpec, { hashers, logger }: BlockTierOptions) {
  const { FsBlockstore } = await import('blockstore-fs')
  const blockstore = new FsBlockstore(directory)
  try {
    await blockstore.open()
  } catch (error) {
    throw new StoreError(`${directory} cannot be opened`, { cause: error })
  }
  const log = logger === undefined ? {} : { logger }
  const port = toBlockstorePort(blockstore, spec.parameters['verify'] === 'off' ? log : { verifyWith: hashers, ...log })
  const unchecked = toBlockstorePort(blockstore, { maxSizes: 1 })
  return { store: new AdaptedBlockstore(blockstore, port, unchecked), close: async () => await blockstore.close() }
}
