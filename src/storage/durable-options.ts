import type { Hashers, Logger } from '../ports.ts'
import type { Durability } from './block-writer.ts'
import type { FileSystem } from './file-system.ts'

export interface DurableBlockstoreOptions {
  readonly hashers: Hashers
  /** `sync` by default; see `Durability`. */
  readonly durability?: Durability
  /** Hash every block that is read: about 0.5 ms a MiB. On by default; off, a damaged file is handed out as it is. */
  readonly verify?: boolean
  /** Larger blocks are refused; by default what bitswap cannot carry, nearly 4 MiB. */
  readonly maxBlockBytes?: number
  /** Block sizes kept in memory, about 120 bytes each; 131,072 by default. */
  readonly maxSizes?: number
  /** Reads and writes that hold a file open at a time; 128 by default, so that no thread that syncs is idle. */
  readonly maxOpenFiles?: number
  readonly logger?: Logger
  readonly fileSystem?: FileSystem
  /** Waits between attempts while file handles are short. */
  readonly wait?: (delayMs: number) => Promise<unknown>
}

/** Since the store was opened. */
export interface DurableBlockstoreCounters {
  readonly blocksWritten: number
  /** Puts of a block that was already there. */
  readonly blocksPresent: number
  /** Blocks found damaged: put in quarantine, or stored anew at once. */
  readonly quarantined: number
  readonly healed: number
  readonly leftoversRemoved: number
}
