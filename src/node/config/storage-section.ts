import type * as z from 'zod'
import { duration, section, sizeText, text, wholeNumber } from './keys.ts'

/** Where blocks and metadata lie, as storage specifications, relative to the repo (`Barter.Blocks`, `Barter.Metadata`). */
export interface StorageChoice {
  readonly blocks: string
  readonly metadata: string
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

export const storageShape = {
  Blocks: text('Where blocks lie.', DEFAULT_STORAGE.blocks),
  Metadata: text('Where all else lies: peers, ledgers, pins.', DEFAULT_STORAGE.metadata)
}

type Values = { readonly [Name in keyof typeof storageShape]: z.output<(typeof storageShape)[Name]> }

export function toStorage(barter: Values, datastore: z.output<typeof datastoreSchema>): StorageConfig {
  return {
    blocks: barter.Blocks,
    metadata: barter.Metadata,
    storageMax: datastore.StorageMax,
    gcWatermark: datastore.StorageGCWatermark,
    gcPeriodMs: datastore.GCPeriod
  }
}
