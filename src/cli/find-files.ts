import { lstat, readdir, readlink } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { AddCandidate } from '../api/peer-service.ts'
import { InvalidParametersError } from '../errors.ts'
import { oneChunk } from '../api/collect.ts'
import { fileError, readFileBytes, readSmallFile, SMALL_FILE_BYTES } from './file-error.ts'

export interface FindOptions {
  /** Take folders with all that is in them. */
  readonly recursive: boolean
  /** Take files whose names begin with a dot, below the paths given. */
  readonly hidden: boolean
}

/** What is to be added, and how much it is. */
export interface FoundFiles {
  readonly bytes: number
  candidates(): AsyncGenerator<AddCandidate>
  /** The same, path by path. */
  each(): Iterable<AsyncGenerator<AddCandidate>>
}

/** Looks at everything below the paths first, so that what cannot be added is told before anything is. */
export async function findFiles(paths: readonly string[], options: FindOptions): Promise<FoundFiles> {
  const names = paths.map((path) => basename(resolve(path)))
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin !== undefined) {
    throw new InvalidParametersError(`two of the paths end in "${twin}": add them one after the other`)
  }
  let bytes = 0
  for (const path of paths) {
    for await (const entry of walk(path, basename(resolve(path)), options)) bytes += entry.size
  }
  return {
    bytes,
    candidates: () => readAll(paths, options),
    each: () => paths.map((path) => readAll([path], options))
  }
}

interface Entry {
  readonly type: AddCandidate['type']
  readonly source: string
  readonly path: string
  readonly size: number
}

/** Small files that are read ahead of their turn. */
const FILES_AHEAD = 16

async function* readAll(paths: readonly string[], options: FindOptions): AsyncGenerator<AddCandidate> {
  // Bounded: `FILES_AHEAD`.
  const ahead: { readonly entry: Entry; readonly bytes: Promise<Uint8Array> | undefined }[] = []
  for (const root of paths) {
    for await (const entry of walk(root, basename(resolve(root)), options)) {
      const isSmall = entry.type === 'file' && entry.size <= SMALL_FILE_BYTES
      const bytes = isSmall ? readSmallFile(entry.source) : undefined
      // Seen in its turn.
      bytes?.catch(() => undefined)
      ahead.push({ entry, bytes })
      const first = ahead.length > FILES_AHEAD ? ahead.shift() : undefined
      if (first !== undefined) yield await candidateOf(first.entry, first.bytes)
    }
  }
  for (const { entry, bytes } of ahead) yield await candidateOf(entry, bytes)
}

async function candidateOf({ type, source, path }: Entry, bytes?: Promise<Uint8Array>): Promise<AddCandidate> {
  if (type === 'folder') return { type, path }
  if (type === 'link') return { type, path, target: await readlink(source) }
  return { type, path, content: bytes === undefined ? readFileBytes(source) : oneChunk(await bytes) }
}

async function* walk(source: string, path: string, options: FindOptions): AsyncGenerator<Entry> {
  const found = await attempt(lstat(source), source)
  if (found.isFile()) {
    yield { type: 'file', source, path, size: found.size }
  } else if (found.isSymbolicLink()) {
    yield { type: 'link', source, path, size: 0 }
  } else if (found.isDirectory()) {
    if (!options.recursive) {
      throw new InvalidParametersError(`${source} is a directory, use the '-r' flag to specify directories`)
    }
    yield { type: 'folder', source, path, size: 0 }
    for (const name of (await attempt(readdir(source), source)).sort()) {
      if (!options.hidden && name.startsWith('.')) continue
      yield* walk(join(source, name), `${path}/${name}`, options)
    }
  } else {
    throw new InvalidParametersError(`${source} is neither a file, nor a folder, nor a link: leave it out`)
  }
}

async function attempt<T>(look: Promise<T>, path: string): Promise<T> {
  try {
    return await look
  } catch (error) {
    throw fileError(error, path)
  }
}
