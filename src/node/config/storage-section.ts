import type * as z from 'zod'
import { section, sizeText, text } from './keys.ts'

/** Where blocks and metadata lie, as storage specifications, relative to the repo (`Barter.Blocks`, `Barter.Metadata`). */
export interface StorageChoice {
  readonly blocks: string
  readonly metadata: string
}

export interface StorageConfig extends StorageChoice {
  /** `Datastore.StorageMax`, shown by `repo stat`; a number of bytes or a text such as `10GB`. */
  readonly storageMax: string
}

/** Files for blocks, LevelDB for metadata. */
export const DEFAULT_STORAGE = { blocks: 'fs:blocks', metadata: 'level:datastore' } as const

export const datastoreSchema = section({
  StorageMax: sizeText('Size that the stored blocks should not exceed.', '10GB')
}).prefault({})

export const storageShape = {
  Blocks: text('Where blocks lie.', DEFAULT_STORAGE.blocks),
  Metadata: text('Where all else lies: peers, ledgers, pins.', DEFAULT_STORAGE.metadata)
}

type Values = { readonly [Name in keyof typeof storageShape]: z.output<(typeof storageShape)[Name]> }

export function toStorage(barter: Values, datastore: z.output<typeof datastoreSchema>): StorageConfig {
  return { blocks: barter.Blocks, metadata: barter.Metadata, storageMax: datastore.StorageMax }
}
