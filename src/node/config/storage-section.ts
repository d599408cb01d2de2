import * as z from 'zod'
import { duration, known, ownSection, section, sizeText, wholeNumber } from './keys.ts'

/** Where blocks and metadata lie, as storage specifications, relative to the repo (`Barter.Blocks`, `Barter.Metadata`). */
export interface StorageChoice {
  /** The last of several keeps the blocks; those before it are caches. */
  readonly blocks: string | readonly string[]
  readonly metadata: string
  /** Kinds of metadata that lie elsewhere (`Barter.Stores`); empty, or left out: with the others. */
  readonly stores?: Readonly<Record<string, string>>
}

export interface StorageConfig extends StorageChoice {
  /** `Datastore.StorageMax`, shown by `repo stat`; a number of bytes or a text such as `10GB`. */
  readonly storageMax: string
  /** Percent of it at which blocks that nothing keeps are removed, by a daemon that was told to (`StorageGCWatermark`). */
  readonly gcWatermark: number
  /** How often that is looked at (`GCPeriod`). */
  readonly gcPeriodMs: number
}

/** Files for blocks, LevelDB for metadata. */
export const DEFAULT_STORAGE = { blocks: 'fs:blocks', metadata: 'level:datastore' } as const

export const datastoreSchema = section({
  StorageMax: sizeText('Size that the stored blocks should not exceed.', '10GB'),
  StorageGCWatermark: wholeNumber('Percent of `StorageMax` at which `daemon --enable-gc` removes what no pin keeps.', {
    missing: 90,
    min: 1,
    max: 100
  }),
  GCPeriod: duration('How often `daemon --enable-gc` looks at what is stored.', '1h', { min: 1_000 })
}).prefault({})

/** Kinds of metadata that can have a store of their own: what they are, and how their keys begin. */
export const STORE_KINDS = {
  Peers: { what: 'what is known of peers: addresses, protocols', prefixes: ['/peers'] },
  Ledger: { what: 'what was traded with whom, and who can be trusted', prefixes: ['/barter/ledger', '/barter/trust'] },
  Pins: { what: 'pins', prefixes: ['/barter/pins', '/barter/roots'] },
  Routing: {
    what: 'what was told to others and by others: the DHT, and the queue of providing',
    prefixes: ['/barter/provide', '/dht', '/dht-lan', '/dht-amino']
  }
} as const

const BLOCKS = 'a storage specification such as fs:blocks (or level:, blockstore-fs:, memory:), or a list of them'

/** How one begins; `open-block-tier.ts` knows what each may have. A repo whose blocks lie nowhere could not be opened again. */
const blockSpec = z.string().regex(/^(fs|level|blockstore-fs|memory):/u, { error: BLOCKS })

const METADATA = 'a storage specification such as level:datastore (or memory:)'
const metadataSpec = z.string({ error: METADATA }).regex(/^(level|memory):/u, { error: METADATA })

const storeSpec = (name: keyof typeof STORE_KINDS) =>
  known(metadataSpec.default(''), {
    description: `Where ${STORE_KINDS[name].what} lie, such as level:${name.toLowerCase()}.`,
    form: 'text',
    kind: METADATA,
    missing: '',
    rule: 'in Barter.Metadata'
  })

export const storageShape = {
  Blocks: known(z.union([blockSpec, z.array(blockSpec).min(1)], { error: BLOCKS }).default(DEFAULT_STORAGE.blocks), {
    description: 'Where blocks lie. Of several, the last one keeps them; each before it is a cache.',
    form: 'list',
    kind: BLOCKS,
    missing: DEFAULT_STORAGE.blocks
  }),
  Metadata: known(metadataSpec.default(DEFAULT_STORAGE.metadata), {
    description: 'Where all else lies: peers, ledgers, pins.',
    form: 'text',
    kind: METADATA,
    missing: DEFAULT_STORAGE.metadata
  }),
  Stores: ownSection({
    Peers: storeSpec('Peers'),
    Ledger: storeSpec('Ledger'),
    Pins: storeSpec('Pins'),
    Routing: storeSpec('Routing')
  }).prefault({})
}

type Values = { readonly [Name in keyof typeof storageShape]: z.output<(typeof storageShape)[Name]> }

export function toStorage(barter: Values, datastore: z.output<typeof datastoreSchema>): StorageConfig {
  return {
    blocks: barter.Blocks,
    metadata: barter.Metadata,
    stores: barter.Stores,
    storageMax: datastore.StorageMax,
    gcWatermark: datastore.StorageGCWatermark,
    gcPeriodMs: datastore.GCPeriod
  }
}
