import { importer, type ImportCandidate, type InProgressImportResult, type WritableStorage } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { PutGroup, type PutWindow } from '../../content/put-window.ts'
import { buildFile, type FileOptions, type FileParts } from '../../content/unixfs-file.ts'
import type { FileAttributes } from '../../content/unixfs-node.ts'
import { assert } from '../../errors.ts'
import { EmptyFolders } from './empty-folders.ts'

export interface FilesAheadParts {
  readonly storage: {
    readonly window: PutWindow
    store(cid: CID, bytes: Uint8Array): Promise<void>
  }
  /** Where folders and links are stored. */
  readonly folders: WritableStorage
  readonly cidOf: FileParts['cidOf']
  readonly cidVersion: 0 | 1
  readonly file: Omit<FileOptions, 'attributes'>
  /** Files without a name are named by their CID: those in a folder need one. */
  readonly named: boolean
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
  readonly emptyFolders = new EmptyFolders()
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
    if (path !== undefined) this.emptyFolders.holds(path)
    if (!('content' in candidate)) {
      const stored = this.#other(candidate).then((made) => ({ ...made, ...names, block: NO_BLOCK }))
      if (path !== undefined && !('link' in candidate)) this.emptyFolders.add({ path, result: stored })
      return { stored }
    }
    const { storage, cidOf, file, named } = this.#parts
    const group = new PutGroup()
    const put = (cid: CID, bytes: Uint8Array): Promise<void> =>
      storage.window.add(bytes.length, () => storage.store(cid, bytes), group)
    const content = this.#watched(candidate.content, path ?? '')
    const { cid, size } = await buildFile(content, { cidOf, put }, { ...file, attributes: attributesOf(candidate) })
    const stored = group.settled().then(() => {
      storage.window.check()
      const own = named && path === undefined ? { path: cid.toString(), originalPath: cid.toString() } : names
      return { cid, size: BigInt(size), ...own, block: NO_BLOCK }
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
    const { folders, cidVersion } = this.#parts
    const options = { cidVersion }
    let made: Omit<InProgressImportResult, 'block'> | undefined
    for await (const result of importer([{ ...candidate, path: 'one' }], folders, options)) made = result
    assert(made, 'the importer makes a node of each candidate')
    return made
  }
}

/** As the library is given them. */
function attributesOf({ mode, mtime }: ImportCandidate): FileAttributes {
  return {
    mode,
    mtime: mtime && { seconds: Number(mtime.secs), nanoseconds: mtime.nsecs ?? 0 }
  }
}
