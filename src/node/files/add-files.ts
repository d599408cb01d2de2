import { importer, type ImportCandidate } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import type { AddCandidate, AddEvent, AddOptions } from '../../api/service/peer-service.ts'
import { PutWindow } from '../../content/put-window.ts'
import type { FileAttributes, FileTime } from '../../content/unixfs-node.ts'
import { InvalidParametersError } from '../../errors.ts'
import { PORTABLE_BLOCK_BYTES } from '../../message/limits.ts'
import { IDENTITY_CODE } from '../../hashing/hash-codes.ts'
import type { AbortOptions, Hashers, MaybePromise } from '../../ports.ts'
import { fileCids } from '../service/block-cid.ts'
import { FilesAhead } from './files-ahead.ts'
import { FolderCids, folderMode } from './folder-cids.ts'
import { FoldersSeen } from './folders-seen.ts'
import { ProgressWatch } from './progress-watch.ts'

/** What adding needs: hash functions, a place for blocks, and somebody to tell of them. */
export interface AddTarget {
  readonly hashers: Hashers
  writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void>
  /** Wakes partners that wait for these. */
  notify(cids: readonly CID[]): Promise<void>
}

/** The file format that Kubo's users know: chunks of 256 KiB, 174 links a node. */
const CHUNK_BYTES = 256 * 1024
const LINKS_PER_NODE = 174
const HAMT_FANOUT = 256

/** With these, a node of the longest CIDs there are stays within what every peer takes. */
const MAX_LINKS_PER_NODE = 8_192

/** Blocks stored before those who wait for them are told. */
const NOTIFY_EVERY = 128

/** Bytes a chunk may have, so that a node around it stays within what every peer takes. */
const MAX_CHUNK_BYTES = PORTABLE_BLOCK_BYTES - 1_024

/** Adds files and folders as UnixFS. Every block is stored when its file is reported. */
export async function* addFiles(
  target: AddTarget,
  candidates: AsyncIterable<AddCandidate>,
  options: AddOptions = {}
): AsyncGenerator<AddEvent> {
  const { cidVersion = 1, rawLeaves = cidVersion === 1, wrap = false, layout = 'balanced' } = options
  const [chunkBytes, maxLinks, hamtFanout] = [chunkBytesOf(options), maxLinksOf(options), hamtFanoutOf(options)]
  await target.hashers.load()
  const cidOf = fileCids(target.hashers, options)
  const storage = new NotifyingStorage(target, options.signal)
  const watch = new ProgressWatch(options.progress === true)
  // Raw blocks have no place for attributes.
  const file = { rawLeaves: rawLeaves && !keepsAttributes(options), chunkBytes, maxLinks, layout }
  const keepsModes = options.preserveMode === true || options.attributes?.mode !== undefined
  const folders = new FolderCids({ cidOf, keepsModes, store: (cid, bytes) => storage.store(cid, bytes) })
  const onRead = (path: string, bytes: number): void => watch.report(path, bytes)
  const files = new FilesAhead({ storage, folders, cidOf, cidVersion, file, named: wrap, onRead })
  const results = files.emptyFolders.among(
    importer(toImport(candidates, options), folders, {
      cidVersion,
      wrapWithDirectory: wrap,
      shardFanoutBits: Math.log2(hamtFanout),
      // What is ahead is seen to there; one at a time are taken from it.
      fileImportConcurrency: 1,
      dagBuilder: (source) => files.build(source)
    })
  )
  try {
    for (let next = results.next(); ;) {
      const result = await watch.orProgress(next)
      if (result === undefined) {
        yield* watch.take()
        continue
      }
      options.signal?.throwIfAborted()
      if (result.done === true) break
      const stored = folders.find(result.value.cid) ?? result.value
      const cid = stored.cid.toString()
      await storage.tell()
      yield { type: 'added', path: nameOf(result.value.path, cid, options), cid, size: Number(stored.size) }
      next = results.next()
    }
    await storage.finish()
  } finally {
    await storage.close()
  }
}

function chunkBytesOf({ chunkBytes = CHUNK_BYTES }: AddOptions): number {
  if (Number.isSafeInteger(chunkBytes) && chunkBytes >= 1 && chunkBytes <= MAX_CHUNK_BYTES) return chunkBytes
  throw new InvalidParametersError(`chunks of ${chunkBytes} bytes: expected 1 to ${MAX_CHUNK_BYTES}`)
}

function maxLinksOf({ maxFileLinks = LINKS_PER_NODE }: AddOptions): number {
  if (Number.isSafeInteger(maxFileLinks) && maxFileLinks >= 2 && maxFileLinks <= MAX_LINKS_PER_NODE) return maxFileLinks
  throw new InvalidParametersError(`${maxFileLinks} links of a file's node: expected 2 to ${MAX_LINKS_PER_NODE}`)
}

function hamtFanoutOf({ hamtFanout = HAMT_FANOUT }: AddOptions): number {
  if (Number.isInteger(Math.log2(hamtFanout)) && hamtFanout >= 8 && hamtFanout <= 1_024) return hamtFanout
  throw new InvalidParametersError(`HAMT fanout must be a power of 2, between 8 and 1024 (got ${hamtFanout})`)
}

async function* toImport(
  candidates: AsyncIterable<AddCandidate>,
  options: AddOptions
): AsyncGenerator<ImportCandidate> {
  const seen = new FoldersSeen()
  for await (const candidate of candidates) {
    const { path } = candidate
    // The importer takes "\/" in a path for an escaped "/", and would build another tree than the one given.
    if (path.includes('\\/')) {
      throw new InvalidParametersError(`"${path}" has a folder whose name ends in "\\": rename it to add it`)
    }
    const { mode, mtime } = attributesOf(candidate, options)
    if (candidate.type === 'folder' && !isNew(path, { mode, mtime }, seen)) continue
    seen.addAround(path)
    const kept = candidate.type === 'folder' ? folderMode(mode) : mode
    const rights = kept === undefined ? {} : { mode: kept }
    const time = mtime === undefined ? {} : { mtime: toMtime(mtime) }
    if (candidate.type === 'folder') yield { path, ...rights, ...time }
    // The permissions of a link are nobody's.
    else if (candidate.type === 'link') yield { path, link: candidate.target, ...time }
    else yield { ...(path === '' ? {} : { path }), content: candidate.content, ...rights, ...time }
  }
}

/** False for a folder that is there: the importer would put it, empty, in the place of what it holds. */
function isNew(path: string, { mode, mtime }: FileAttributes, seen: FoldersSeen): boolean {
  const attributes = mode === undefined && mtime === undefined ? '' : JSON.stringify([mode, mtime])
  const known = seen.get(path)
  if (known === undefined) seen.give(path, attributes)
  else if (attributes !== '' && attributes !== known) {
    throw new InvalidParametersError(`"${path}" comes after what is in it: its permissions and its time would be lost`)
  }
  return known === undefined
}

function keepsAttributes({ attributes = {}, preserveMode, preserveMtime }: AddOptions): boolean {
  const isGiven = attributes.mode !== undefined || attributes.mtime !== undefined
  return isGiven || preserveMode === true || preserveMtime === true
}

function attributesOf(candidate: AddCandidate, { attributes = {}, preserveMode, preserveMtime }: AddOptions) {
  const mode = (preserveMode === true ? candidate.mode : undefined) ?? attributes.mode
  return {
    // No permissions at all: to everybody who reads files, none that were kept.
    mode: mode === 0 ? undefined : mode,
    mtime: (preserveMtime === true ? candidate.mtime : undefined) ?? attributes.mtime
  }
}

function toMtime({ seconds, nanoseconds }: FileTime): { secs: bigint; nsecs?: number } {
  return { secs: BigInt(seconds), ...(nanoseconds === 0 ? {} : { nsecs: nanoseconds }) }
}

/** What has no name goes by its CID; the folder that wraps all has none. */
function nameOf(path: string | undefined, cid: string, { wrap }: AddOptions): string {
  if (path !== undefined && path !== '') return path
  return wrap === true ? '' : cid
}

/** Stores blocks side by side, and tells of them many at a time. */
class NotifyingStorage {
  readonly window = new PutWindow()
  readonly #target: AddTarget
  readonly #signal: AbortSignal | undefined
  /** Bounded: `NOTIFY_EVERY`, and the blocks written side by side. */
  #stored: CID[] = []

  constructor(target: AddTarget, signal: AbortSignal | undefined) {
    this.#target = target
    this.#signal = signal
  }

  /** Folders are reported as soon as this resolves. */
  async store(cid: CID, bytes: Uint8Array): Promise<void> {
    this.#signal?.throwIfAborted()
    if (cid.multihash.code === IDENTITY_CODE) return
    await this.#target.writeBlock(cid, bytes, { signal: this.#signal })
    this.#stored.push(cid)
    if (this.#stored.length >= NOTIFY_EVERY) await this.tell()
  }

  async finish(): Promise<void> {
    await this.window.finish()
    await this.tell()
  }

  /** Ends what is under way, also after a failure, and tells of what was stored. */
  async close(): Promise<void> {
    await this.window.finish().catch(() => undefined)
    await this.tell()
  }

  async tell(): Promise<void> {
    if (this.#stored.length === 0) return
    const stored = this.#stored
    this.#stored = []
    await this.#target.notify(stored)
  }
}
