import type { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import type { Pair } from 'interface-blockstore'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { StoreError } from '../errors.ts'
import { matches } from '../hashing/verify-block.ts'
import { cidKey } from '../ids.ts'
import type { AbortOptions, Hashers, Logger } from '../ports.ts'
import { plainBytes } from './collect-bytes.ts'
import { BaseDirectBlockstore } from './direct-blockstore.ts'
import { multihashOf, placeOf } from './layout.ts'
import { SizeIndex } from './size-index.ts'

export interface LevelBlockstoreParts {
  /** Open, and used by nobody else. */
  readonly level: Pick<LevelDatastore, 'get' | 'put' | 'delete' | 'queryKeys' | 'close'>
  /** Check every block that is read; without it, a damaged one is handed out as it is. */
  readonly verifyWith?: Hashers | undefined
  readonly logger?: Logger | undefined
}

/** Sizes kept in memory, about 120 bytes each: LevelDB does not tell of a value without reading it. */
const MAX_SIZES = 131_072

/**
 * Blocks in LevelDB, under the names that files would have. Good for many small blocks on slow disks; large ones are
 * written several times over as the database sorts itself.
 */
export class LevelBlockstore extends BaseDirectBlockstore {
  readonly #parts: LevelBlockstoreParts
  readonly #sizes = new SizeIndex(MAX_SIZES)
  #removals = 0

  constructor(parts: LevelBlockstoreParts) {
    super()
    this.#parts = parts
  }

  override async readBlock(cid: CID, options?: AbortOptions): Promise<Uint8Array | undefined> {
    options?.signal?.throwIfAborted()
    const key = keyOf(cid)
    if (key === undefined) return undefined
    const removals = this.#removals
    const bytes = await this.#get(key)
    options?.signal?.throwIfAborted()
    const { verifyWith, logger } = this.#parts
    if (bytes !== undefined && verifyWith !== undefined && !matches(verifyWith, cid, bytes)) {
      logger?.warn('a stored block does not hash to its CID and counts as absent', { cid: cid.toString() })
      this.#sizes.delete(cidKey(cid))
      return undefined
    }
    if (bytes !== undefined && removals === this.#removals) this.#sizes.seen(cidKey(cid), bytes.byteLength)
    return bytes
  }

  override async readUnchecked(cid: CID, options?: AbortOptions): Promise<Uint8Array | undefined> {
    options?.signal?.throwIfAborted()
    const key = keyOf(cid)
    return key === undefined ? undefined : await this.#get(key)
  }

  override async sizeOf(cid: CID, options?: AbortOptions): Promise<number | undefined> {
    const known = this.#sizes.get(cidKey(cid))
    return known === undefined ? (await this.readBlock(cid, options))?.byteLength : known.size
  }

  override async writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    const key = keyOf(cid)
    if (key === undefined) throw new StoreError(`the multihash of ${cid.toString()} is too long for a name`)
    const removals = this.#removals
    try {
      await this.#parts.level.put(key, bytes)
    } catch (cause) {
      throw new StoreError(`${cid.toString()} cannot be stored`, { cause })
    }
    if (removals === this.#removals) this.#sizes.seen(cidKey(cid), bytes.byteLength)
  }

  override async delete(cid: CID, options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    const key = keyOf(cid)
    if (key === undefined) return
    this.#removals += 1
    this.#sizes.delete(cidKey(cid))
    try {
      await this.#parts.level.delete(key)
    } catch (cause) {
      throw new StoreError(`${cid.toString()} cannot be deleted`, { cause })
    }
    this.#removals += 1
    this.#sizes.delete(cidKey(cid))
  }

  override async *getAll(options?: AbortOptions): AsyncGenerator<Pair> {
    for await (const key of this.#parts.level.queryKeys({})) {
      options?.signal?.throwIfAborted()
      const multihash = multihashOf(key.baseNamespace())
      if (multihash === undefined) continue
      const cid = CID.createV1(raw.code, multihash)
      yield { cid, bytes: this.get(cid, options) }
    }
  }

  async close(): Promise<void> {
    await this.#parts.level.close()
  }

  async #get(key: Key): Promise<Uint8Array | undefined> {
    try {
      return plainBytes(await this.#parts.level.get(key))
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'NotFoundError') return undefined
      throw new StoreError(`${key.toString()} cannot be read`, { cause })
    }
  }
}

function keyOf(cid: CID): Key | undefined {
  const place = placeOf(cid)
  return place === undefined ? undefined : new Key(place.file)
}
