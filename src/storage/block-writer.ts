import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DirectorySync } from './directory-sync.ts'
import type { FileSystem } from './file-system.ts'
import { type BlockPlace, TEMPORARY_DIRECTORY } from './layout.ts'

/**
 * `sync`: a stored block survives a power cut. `fast`: it survives the end of the process, and no half-written block is
 * ever seen by a running system, but after a power cut recent blocks may be gone or damaged (damage is found on reading).
 */
export type Durability = 'sync' | 'fast'

/** A directory of blocks, while it is made and after. */
interface Shard {
  /** It is there. */
  readonly made: Promise<unknown>
  /** It stays there, as far as was asked for. */
  readonly synced: Promise<unknown>
}

const SETTLED: Shard = { made: Promise.resolve(), synced: Promise.resolve() }

/** Writes blocks so that each is either wholly there or not at all. */
export class BlockWriter {
  readonly #root: string
  readonly #fileSystem: FileSystem
  readonly #durability: Durability
  readonly #directories: DirectorySync
  /** Bounded: one entry for each directory of the layout, of which there are 1,024 (a few more for odd hashes). */
  readonly #shards: Map<string, Shard>
  /** Two processes that (wrongly) share a directory still never write to one file. */
  readonly #prefix = randomUUID()
  #written = 0

  constructor(root: string, fileSystem: FileSystem, durability: Durability, knownShards: Iterable<string>) {
    this.#root = root
    this.#fileSystem = fileSystem
    this.#durability = durability
    this.#directories = new DirectorySync(fileSystem)
    this.#shards = new Map([...knownShards].map((shard) => [shard, SETTLED]))
  }

  /** Writes the block, over whatever is in its place. Resolves when it is as durable as asked. */
  async write(place: BlockPlace, bytes: Uint8Array): Promise<void> {
    // A new directory and the new file become durable side by side; only the rename needs the directory to be there.
    const shard = this.#shardOf(place)
    const temporary = await this.#writeTemporary(bytes)
    try {
      await shard.made
      await this.#fileSystem.rename(temporary, this.#pathOf(place))
    } catch (error) {
      await this.#discard(temporary)
      // Should somebody have removed the directory under us, the next write makes it anew.
      this.#shards.delete(place.directory)
      throw error
    }
    await Promise.all([shard.synced, this.#syncShard(place)])
  }

  /** Makes a block durable that is already there, left perhaps by a process that ended before it could. */
  async settle(place: BlockPlace): Promise<void> {
    if (this.#durability === 'fast') return
    const handle = await this.#fileSystem.open(this.#pathOf(place), 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await this.#syncShard(place)
  }

  #pathOf(place: BlockPlace): string {
    return join(this.#root, place.directory, place.file)
  }

  async #syncShard(place: BlockPlace): Promise<void> {
    if (this.#durability === 'sync') await this.#directories.sync(join(this.#root, place.directory))
  }

  #shardOf({ directory }: BlockPlace): Shard {
    const known = this.#shards.get(directory)
    if (known !== undefined) return known
    const made = this.#fileSystem.mkdir(join(this.#root, directory))
    const synced = made.then(() => (this.#durability === 'sync' ? this.#directories.sync(this.#root) : undefined))
    const shard = { made, synced }
    this.#shards.set(directory, shard)
    // A writer that fails before it looks at these must not leave their failure to nobody.
    synced.catch(() => {
      if (this.#shards.get(directory) === shard) this.#shards.delete(directory)
    })
    return shard
  }

  /** The path of a new file with these bytes, on the disk if that was asked for. Nothing is left when it fails. */
  async #writeTemporary(bytes: Uint8Array): Promise<string> {
    this.#written += 1
    const path = join(this.#root, TEMPORARY_DIRECTORY, `${this.#prefix}-${this.#written}`)
    const handle = await this.#fileSystem.open(path, this.#durability === 'sync' ? 'wxs' : 'wx')
    try {
      try {
        for (let offset = 0; offset < bytes.byteLength;) {
          offset += (await handle.write(bytes, offset, bytes.byteLength - offset)).bytesWritten
        }
        // Of an empty block nothing was written, and so nothing synced.
        if (bytes.byteLength === 0 && this.#durability === 'sync') await handle.sync()
      } finally {
        await handle.close()
      }
    } catch (error) {
      await this.#discard(path)
      throw error
    }
    return path
  }

  async #discard(path: string): Promise<void> {
    try {
      await this.#fileSystem.unlink(path)
    } catch {
      // It is cleaned up at the next start; the failure that led here is the one to report.
    }
  }
}
