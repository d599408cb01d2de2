import { hash } from 'node:crypto'
import { importer, type ImportCandidate, type InProgressImportResult, type WritableStorage } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { PutGroup, type PutWindow } from '../content/put-window.ts'
import { buildFile, type FileOptions } from '../content/unixfs-file.ts'
import { assert } from '../errors.ts'

export interface FilesAheadParts {
  readonly storage: WritableStorage & {
    readonly window: PutWindow
    store(cid: CID, bytes: Uint8Array): Promise<void>
  }
  readonly file: FileOptions
  /** Told how many bytes of a file were read. */
  readonly onRead: (path: string, bytes: number) => void
}

/** Files whose blocks may be on their way to the disk while others are read. */
const MAX_AHEAD = 256
const NO_BLOCK = new Uint8Array(0)

type Task = Promise<InProgressImportResult>
type FileContent = Exclude<NonNullable<Extract<ImportCandidate, { content: unknown }>['content']>, Uint8Array>

/**
 * Makes the blocks of files one after the other, as they come in one stream, and does not wait until those of one are stored
 * to begin with the next: with durable writes, the waits for the disk overlap. Results come in the order of the files.
 */
export class FilesAhead {
  readonly #parts: FilesAheadParts

  constructor(parts: FilesAheadParts) {
    this.#parts = parts
  }

  async *build(source: AsyncIterable<ImportCandidate> | Iterable<ImportCandidate>): AsyncGenerator<() => Task> {
    // Bounded: `MAX_AHEAD`.
    const running: Task[] = []
    for await (const candidate of source) {
      const { stored } = await this.#read(candidate)
      // Seen in its turn; until then a failure is nobody's, which must not end the process.
      stored.catch(() => undefined)
      running.push(stored)
      const oldest = running.length >= MAX_AHEAD ? running.shift() : undefined
      if (oldest !== undefined) yield () => oldest
    }
    for (const task of running) yield () => task
  }

  /** Resolves when the next candidate may be read: the content of this one has been. */
  async #read(candidate: ImportCandidate): Promise<{ stored: Task }> {
    const path = candidate.path
      ?.split('/')
      .filter((name) => name !== '.')
      .join('/')
    const names = candidate.path === undefined || path === undefined ? {} : { path, originalPath: candidate.path }
    if (!('content' in candidate)) {
      return { stored: this.#other(candidate).then((made) => ({ ...made, ...names, block: NO_BLOCK })) }
    }
    const { storage, file } = this.#parts
    const group = new PutGroup()
    const put = (cid: CID, bytes: Uint8Array): Promise<void> =>
      storage.window.add(bytes.length, () => storage.store(cid, bytes), group)
    const { cid, size } = await buildFile(this.#watched(candidate.content, path ?? ''), { digest: sha256, put }, file)
    const stored = group.settled().then(() => {
      storage.window.check()
      return { cid, size: BigInt(size), ...names, block: NO_BLOCK }
    })
    return { stored }
  }

  async *#watched(content: FileContent | Uint8Array, path: string): AsyncGenerator<Uint8Array> {
    let read = 0
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      yield chunk
      read += chunk.length
      this.#parts.onRead(path, read)
    }
  }

  /** A folder, or a symbolic link: one small node. */
  async #other(candidate: ImportCandidate): Promise<Omit<InProgressImportResult, 'block'>> {
    const { storage, file } = this.#parts
    const options = { cidVersion: file.cidVersion, rawLeaves: file.rawLeaves }
    let made: Omit<InProgressImportResult, 'block'> | undefined
    for await (const result of importer([{ ...candidate, path: 'one' }], storage, options)) made = result
    assert(made, 'the importer makes a node of each candidate')
    return made
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(hash('sha256', bytes, 'buffer'))
}
