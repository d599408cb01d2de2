import { resolve } from 'node:path'
import type { Pair } from 'interface-blockstore'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { BlockTooLargeError, InvalidParametersError, StoreError } from '../errors.ts'
import { matches, verifyBlock } from '../hashing/verify-block.ts'
import { cidKey, type CidKey } from '../ids.ts'
import { MAX_BLOCK_BYTES } from '../message/limits.ts'
import type { AbortOptions, Hashers, Logger, MaybePromise } from '../ports.ts'
import { BlockFiles } from './block-files.ts'
import { BlockWriter } from './block-writer.ts'
import { BaseDirectBlockstore, type Quarantined } from './direct-blockstore.ts'
import type { DurableBlockstoreCounters, DurableBlockstoreOptions } from './durable-options.ts'
import { type FileSystem, nodeFileSystem, retryWhenOutOfFiles, storeErrors } from './file-system.ts'
import { Gate } from './gate.ts'
import { KeyLocks } from './key-locks.ts'
import { type BlockPlace, placeOf } from './layout.ts'
import { type PreparedDirectory, prepareDirectory } from './prepare-directory.ts'
import { SizeIndex } from './size-index.ts'

/**
 * Blocks as files, for a peer that must not lose any. What it promises:
 * 1. A block whose put resolved survives a crash of the process and, with `durability: 'sync'`, of the machine.
 * 2. A block is seen whole or not at all, and what is read hashes to its CID: a damaged file goes to quarantine, is
 *    counted and logged, and is absent from then on. Storing the block again heals it. Only `readUnchecked` hands out
 *    what is damaged, and leaves it where it is.
 * 3. A failure of the disk is a `StoreError`, never absence; only a file that does not exist is absent.
 * 4. Concurrent puts of one block are one write.
 *
 * Only one store may be open on a directory: the lock of the repo sees to that.
 */
export class DurableBlockstore extends BaseDirectBlockstore {
  readonly #files: BlockFiles
  readonly #hashers: Hashers
  readonly #verify: boolean
  readonly #maxBlockBytes: number
  readonly #logger: Logger | undefined
  readonly #writer: BlockWriter
  readonly #sizes: SizeIndex
  readonly #openFiles: Gate
  /** Writes, deletions and quarantines of one block never overlap. */
  readonly #locks = new KeyLocks<CidKey>()
  /** Puts that a further put of the same block may join. Bounded: one for each put under way. */
  readonly #puts = new Map<CidKey, Promise<void>>()
  readonly #counters: { -readonly [Name in keyof DurableBlockstoreCounters]: number }
  /** Blocks taken away so far. A size learned while one was taken away may be that block's, and is not kept. */
  #removals = 0
  #closed = false

  /** Opens a directory, which is created when it does not exist. */
  static async open(directory: string, options: DurableBlockstoreOptions): Promise<DurableBlockstore> {
    const root = resolve(directory)
    const fileSystem = retryWhenOutOfFiles(options.fileSystem ?? nodeFileSystem, options.wait)
    try {
      return new DurableBlockstore(root, fileSystem, await prepareDirectory(root, fileSystem), options)
    } catch (error) {
      if (error instanceof InvalidParametersError) throw error
      throw new StoreError(`the blocks in ${root} cannot be opened`, { cause: error })
    }
  }

  private constructor(
    root: string,
    fileSystem: FileSystem,
    { hasQuarantine, shards, leftoversRemoved }: PreparedDirectory,
    options: DurableBlockstoreOptions
  ) {
    super()
    this.#files = new BlockFiles(root, fileSystem, hasQuarantine)
    this.#hashers = options.hashers
    this.#verify = options.verify ?? true
    this.#maxBlockBytes = options.maxBlockBytes ?? MAX_BLOCK_BYTES
    this.#logger = options.logger
    this.#writer = new BlockWriter(root, fileSystem, options.durability ?? 'sync', shards)
    this.#sizes = new SizeIndex(options.maxSizes ?? 131_072)
    this.#openFiles = new Gate(options.maxOpenFiles ?? 128)
    this.#counters = { blocksWritten: 0, blocksPresent: 0, quarantined: 0, healed: 0, leftoversRemoved }
    if (leftoversRemoved > 0) this.#logger?.warn('removed unfinished files of an earlier process', { leftoversRemoved })
  }

  counters(): DurableBlockstoreCounters {
    return { ...this.#counters }
  }

  override async readBlock(cid: CID, options?: AbortOptions): Promise<Uint8Array | undefined> {
    options?.signal?.throwIfAborted()
    this.#assertOpen()
    const place = placeOf(cid)
    if (place === undefined) return undefined
    const removals = this.#removals
    const bytes = await this.#read(place)
    options?.signal?.throwIfAborted()
    if (bytes === undefined) {
      this.#sizes.delete(cidKey(cid))
      return undefined
    }
    if (this.#verify && !matches(this.#hashers, cid, bytes)) return this.#recheck(cid, place)
    if (removals === this.#removals) this.#sizes.seen(cidKey(cid), bytes.byteLength)
    return bytes
  }

  /** Nothing is put in quarantine. */
  override async readUnchecked(cid: CID, options?: AbortOptions): Promise<Uint8Array | undefined> {
    options?.signal?.throwIfAborted()
    this.#assertOpen()
    const place = placeOf(cid)
    return place === undefined ? undefined : await this.#read(place)
  }

  override sizeOf(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    options?.signal?.throwIfAborted()
    this.#assertOpen()
    const known = this.#sizes.get(cidKey(cid))
    return known === undefined ? this.#lookUpSize(cid) : known.size
  }

  /** Once it has begun to write, a put runs to its end whatever the signal: another put may have joined it. */
  override writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    options?.signal?.throwIfAborted()
    this.#assertOpen()
    if (bytes.byteLength > this.#maxBlockBytes) {
      throw new BlockTooLargeError(
        `${cid.toString()} has ${bytes.byteLength} bytes: at most ${this.#maxBlockBytes} are stored`
      )
    }
    const place = placeOf(cid)
    if (place === undefined) {
      throw new InvalidParametersError(`the multihash of ${cid.toString()} is too long for a file name`)
    }
    const key = cidKey(cid)
    const joined = this.#puts.get(key)
    if (joined !== undefined) return joined
    if (!this.#locks.busy(key) && this.#sizes.get(key)?.settled === true) {
      this.#counters.blocksPresent += 1
      return undefined
    }
    const put = this.#locks.run(key, () => this.#openFiles.run(() => this.#store(cid, place, bytes)))
    this.#puts.set(key, put)
    const ended = (): void => {
      if (this.#puts.get(key) === put) this.#puts.delete(key)
    }
    put.then(ended, ended)
    return put
  }

  override rewrite(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    this.#sizes.delete(cidKey(cid))
    return this.writeBlock(cid, bytes, options)
  }

  /** Absence is no error. */
  override async delete(cid: CID, options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    this.#assertOpen()
    const place = placeOf(cid)
    if (place === undefined) return
    const key = cidKey(cid)
    // A put that comes after this must not join one that came before.
    this.#puts.delete(key)
    await this.#locks.run(key, async () => {
      this.#removals += 1
      this.#sizes.delete(key)
      await this.#files.remove(place)
      this.#removals += 1
    })
  }

  /** Raw CIDs, version 1, of everything stored: the codec is not written down. Bytes are read when they are asked for. */
  override async *getAll(options?: AbortOptions): AsyncGenerator<Pair> {
    this.#assertOpen()
    for await (const multihash of this.#files.multihashes()) {
      options?.signal?.throwIfAborted()
      const cid = CID.createV1(raw.code, multihash)
      yield { cid, bytes: this.get(cid, options) }
    }
  }

  override async *quarantined(options?: AbortOptions): AsyncGenerator<Quarantined> {
    this.#assertOpen()
    for await (const multihash of this.#files.quarantined()) {
      const found = await this.findQuarantined(CID.createV1(raw.code, multihash), options)
      if (found !== undefined) yield found
    }
  }

  override async findQuarantined(cid: CID, options?: AbortOptions): Promise<Quarantined | undefined> {
    this.#assertOpen()
    const place = placeOf(cid)
    const file = place && (await this.#files.findQuarantined(place))
    if (place === undefined || file === undefined || (await this.sizeOf(cid, options)) !== undefined) return undefined
    return { cid: CID.createV1(raw.code, cid.multihash), file, giveUp: () => this.#files.forgetQuarantined(place) }
  }

  /** Waits for writes under way; every call after this is refused. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#locks.idle()
  }

  #read(place: BlockPlace): Promise<Uint8Array | undefined> {
    return this.#openFiles.run(() => this.#files.read(place))
  }

  async #lookUpSize(cid: CID): Promise<number | undefined> {
    const place = placeOf(cid)
    if (place === undefined) return undefined
    const removals = this.#removals
    const size = await this.#files.size(place)
    // An empty file is what a power cut makes of a block that was not synced: too common to be told as a size.
    if (size === 0) return (await this.readBlock(cid))?.byteLength
    if (size !== undefined && removals === this.#removals) this.#sizes.seen(cidKey(cid), size)
    return size
  }

  /** A damaged block is read once more when nobody writes it: it may just have been healed. */
  #recheck(cid: CID, place: BlockPlace): Promise<Uint8Array | undefined> {
    const key = cidKey(cid)
    return this.#locks.run(key, async () => {
      const bytes = await this.#read(place)
      if (bytes === undefined || matches(this.#hashers, cid, bytes)) return bytes
      this.#sizes.delete(key)
      await this.#quarantine(cid, place)
      return undefined
    })
  }

  /** When the file cannot be moved it stays, damaged, and is found damaged again: still absent. */
  async #quarantine(cid: CID, place: BlockPlace): Promise<void> {
    this.#counters.quarantined += 1
    this.#removals += 1
    try {
      await this.#files.quarantine(place)
      this.#logger?.error('a damaged block went to quarantine', { cid: cid.toString() })
    } catch (error) {
      this.#logger?.error('a damaged block could not be put in quarantine', { cid: cid.toString(), error })
    }
  }

  async #store(cid: CID, place: BlockPlace, bytes: Uint8Array): Promise<void> {
    const present = await this.#readForComparison(place)
    if (present !== undefined && Buffer.compare(present, bytes) === 0) {
      await storeErrors(`${cid.toString()} cannot be synced`, () => this.#writer.settle(place))
      this.#counters.blocksPresent += 1
    } else {
      if (present !== undefined) verifyBlock(this.#hashers, cid, bytes)
      await storeErrors(`${cid.toString()} cannot be stored`, () => this.#writer.write(place, bytes))
      this.#counters.blocksWritten += 1
      if (present !== undefined) this.#hasReplaced(cid)
    }
    await this.#forgetQuarantined(place)
    this.#sizes.set(cidKey(cid), bytes.byteLength, true)
  }

  /** A damaged file, in one step: had that failed, it would lie there still, and be found again. */
  #hasReplaced(cid: CID): void {
    this.#removals += 1
    this.#counters.quarantined += 1
    this.#counters.healed += 1
    this.#logger?.error('a damaged block was stored anew', { cid: cid.toString() })
  }

  /** The block is stored, whatever comes of this. */
  async #forgetQuarantined(place: BlockPlace): Promise<void> {
    try {
      if (await this.#files.forgetQuarantined(place)) this.#counters.healed += 1
    } catch (error) {
      this.#logger?.warn('a block that is here again counts as damaged', { file: place.file, error })
    }
  }

  /** A file that cannot be read is no reason not to write it anew: that may be what heals it. */
  async #readForComparison(place: BlockPlace): Promise<Uint8Array | undefined> {
    try {
      return await this.#files.read(place)
    } catch (error) {
      this.#logger?.warn('a stored block cannot be read, and is written anew', { file: place.file, error })
      return undefined
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('the blockstore is closed')
  }
}
