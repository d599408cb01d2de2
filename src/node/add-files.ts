import { importer, type ImportCandidate, type WritableStorage } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import type { AddCandidate, AddEvent, AddOptions } from '../api/peer-service.ts'
import { PutWindow } from '../content/put-window.ts'
import { InvalidParametersError } from '../errors.ts'
import { PORTABLE_BLOCK_BYTES } from '../message/limits.ts'
import type { AbortOptions, MaybePromise } from '../ports.ts'
import { FilesAhead } from './files-ahead.ts'
import { ProgressWatch } from './progress-watch.ts'

/** What adding needs: a place for blocks, and somebody to tell of them. */
export interface AddTarget {
  writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void>
  /** Wakes partners that wait for these. */
  notify(cids: readonly CID[]): Promise<void>
}

/** The file format that Kubo's users know: chunks of 256 KiB, 174 links a node. */
const CHUNK_BYTES = 256 * 1024
const LINKS_PER_NODE = 174

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
  const { cidVersion = 1, rawLeaves = cidVersion === 1, wrap = false } = options
  const storage = new NotifyingStorage(target, options.signal)
  const watch = new ProgressWatch(options.progress === true)
  const file = { cidVersion, rawLeaves, chunkBytes: chunkBytesOf(options), maxLinks: LINKS_PER_NODE }
  const files = new FilesAhead({ storage, file, onRead: (path, bytes) => watch.report(path, bytes) })
  const results = importer(toImport(candidates), storage, {
    cidVersion,
    rawLeaves,
    wrapWithDirectory: wrap,
    // What is ahead is seen to there; one at a time are taken from it.
    fileImportConcurrency: 1,
    dagBuilder: (source) => files.build(source)
  })
  try {
    for (let next = results.next(); ;) {
      const result = await watch.orProgress(next)
      if (result === undefined) {
        yield* watch.take()
        continue
      }
      options.signal?.throwIfAborted()
      if (result.done === true) break
      const cid = result.value.cid.toString()
      await storage.tell()
      yield { type: 'added', path: nameOf(result.value.path, cid, options), cid, size: Number(result.value.size) }
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

async function* toImport(candidates: AsyncIterable<AddCandidate>): AsyncGenerator<ImportCandidate> {
  for await (const candidate of candidates) {
    const { path } = candidate
    // The importer takes "\/" in a path for an escaped "/", and would build another tree than the one given.
    if (path.includes('\\/')) {
      throw new InvalidParametersError(`"${path}" has a folder whose name ends in "\\": rename it to add it`)
    }
    if (candidate.type === 'folder') yield { path }
    else if (candidate.type === 'link') yield { path, link: candidate.target }
    else yield path === '' ? { content: candidate.content } : { path, content: candidate.content }
  }
}

/** What has no name goes by its CID; the folder that wraps all has none. */
function nameOf(path: string | undefined, cid: string, { wrap }: AddOptions): string {
  if (path !== undefined && path !== '') return path
  return wrap === true ? '' : cid
}

/** Stores blocks side by side, and tells of them many at a time. */
class NotifyingStorage implements WritableStorage {
  readonly window = new PutWindow()
  readonly #target: AddTarget
  readonly #signal: AbortSignal | undefined
  /** Bounded: `NOTIFY_EVERY`, and the blocks written side by side. */
  #stored: CID[] = []

  constructor(target: AddTarget, signal: AbortSignal | undefined) {
    this.#target = target
    this.#signal = signal
  }

  /** For folders, which are reported as soon as this resolves. */
  async put(cid: CID, bytes: Parameters<WritableStorage['put']>[1]): Promise<CID> {
    if (!(bytes instanceof Uint8Array)) throw new InvalidParametersError('the importer stores whole blocks')
    await this.store(cid, bytes)
    return cid
  }

  async store(cid: CID, bytes: Uint8Array): Promise<void> {
    this.#signal?.throwIfAborted()
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
