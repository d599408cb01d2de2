import type { ConfigReader } from './reader.ts'

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
export const DEFAULT_STORAGE: StorageChoice = { blocks: 'fs:blocks', metadata: 'level:datastore' }

export function readStorage(config: ConfigReader): StorageConfig {
  const barter = config.section('Barter')
  return {
    blocks: barter.optionalText('Blocks', DEFAULT_STORAGE.blocks),
    metadata: barter.optionalText('Metadata', DEFAULT_STORAGE.metadata),
    storageMax: config.section('Datastore').optionalText('StorageMax', '')
  }
}
