import { importer, type ImportCandidate, type WritableStorage } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import type { CID } from 'multiformats/cid'
import type { AddCandidate, AddEvent, AddOptions } from '../api/peer-service.ts'
import { InvalidParametersError } from '../errors.ts'
import { PORTABLE_BLOCK_BYTES } from '../message/limits.ts'
import type { AbortOptions, MaybePromise } from '../ports.ts'

/** What adding needs: a place for blocks, and somebody to tell of them. */
export interface AddTarget {
  writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void>
  /** Wakes partners that wait for these. */
  notify(cids: readonly CID[]): Promise<void>
}

/** The file format that Kubo's users know: chunks of 256 KiB, 174 links a node. */
const CHUNK_BYTES = 256 * 1024
const LINKS_PER_NODE = 174

/** Blocks of one file hashed and written side by side; with durable writes, their waits for the disk overlap. */
const BLOCK_CONCURRENCY = 16

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
  const storage = new NotifyingStorage(target, options.signal)
  const watch = new ProgressWatch(options.progress === true)
  const results = importer(toImport(candidates), storage, {
    ...importOptions(options),
    onProgress: (event) => {
      if (event.type !== 'unixfs:importer:progress:file:read') return
      watch.report(event.detail.path ?? '', Number(event.detail.bytesRead))
    }
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
      await storage.flush()
      yield { type: 'added', path: nameOf(result.value.path, cid, options), cid, size: Number(result.value.size) }
      next = results.next()
    }
  } finally {
    await storage.flush()
  }
}

function importOptions({ chunkBytes = CHUNK_BYTES, cidVersion = 1, rawLeaves, wrap, concurrency }: AddOptions) {
  if (!Number.isSafeInteger(chunkBytes) || chunkBytes < 1 || chunkBytes > MAX_CHUNK_BYTES) {
    throw new InvalidParametersError(`chunks of ${chunkBytes} bytes: expected 1 to ${MAX_CHUNK_BYTES}`)
  }
  return {
    cidVersion,
    rawLeaves: rawLeaves ?? cidVersion === 1,
    wrapWithDirectory: wrap ?? false,
    chunker: fixedSize({ chunkSize: chunkBytes }),
    layout: balanced({ maxChildrenPerNode: LINKS_PER_NODE }),
    fileImportConcurrency: concurrency ?? 8,
    blockWriteConcurrency: BLOCK_CONCURRENCY
  }
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

/** Stores blocks for the importer, and tells of them many at a time. */
class NotifyingStorage implements WritableStorage {
  readonly #target: AddTarget
  readonly #signal: AbortSignal | undefined
  /** Bounded: `NOTIFY_EVERY`, and the blocks written side by side. */
  #stored: CID[] = []

  constructor(target: AddTarget, signal: AbortSignal | undefined) {
    this.#target = target
    this.#signal = signal
  }

  async put(cid: CID, bytes: Parameters<WritableStorage['put']>[1]): Promise<CID> {
    if (!(bytes instanceof Uint8Array)) throw new InvalidParametersError('the importer stores whole blocks')
    this.#signal?.throwIfAborted()
    await this.#target.writeBlock(cid, bytes, { signal: this.#signal })
    this.#stored.push(cid)
    if (this.#stored.length >= NOTIFY_EVERY) await this.flush()
    return cid
  }

  async flush(): Promise<void> {
    if (this.#stored.length === 0) return
    const stored = this.#stored
    this.#stored = []
    await this.#target.notify(stored)
  }
}

/** The latest progress of each file under way, for a reader that may be slower than the disk. */
class ProgressWatch {
  readonly #enabled: boolean
  /** Bounded: one entry for each file read side by side, until it is taken. */
  readonly #latest = new Map<string, number>()
  #reported = Promise.withResolvers<undefined>()

  constructor(enabled: boolean) {
    this.#enabled = enabled
  }

  report(path: string, bytes: number): void {
    if (!this.#enabled) return
    this.#latest.set(path, bytes)
    this.#reported.resolve(undefined)
  }

  /** What `result` comes to, or undefined when there is progress to tell before. */
  orProgress<T>(result: Promise<T>): Promise<T | undefined> {
    return Promise.race([result, this.#reported.promise])
  }

  *take(): Generator<AddEvent> {
    this.#reported = Promise.withResolvers<undefined>()
    const latest = [...this.#latest]
    this.#latest.clear()
    for (const [path, bytes] of latest) yield { type: 'progress', path, bytes }
  }
}
