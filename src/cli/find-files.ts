import type { BigIntStats } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { AddCandidate } from '../api/service/peer-service.ts'
import type { FileAttributes } from '../content/unixfs-node.ts'
import { InvalidParametersError } from '../errors.ts'
import { oneChunk } from '../api/formats/collect.ts'
import { fileError, readFileBytes, readSmallFile, SMALL_FILE_BYTES } from './file-error.ts'
import type { Ignores } from './ignore-rules.ts'

export interface FindOptions {
  /** Take folders with all that is in them. */
  readonly recursive: boolean
  /** Take files whose names begin with a dot, below the paths given. */
  readonly hidden: boolean
  /** What is left out below the paths given. */
  readonly ignores?: Ignores | undefined
  /** Of a path that is a link, take what it leads to. */
  readonly dereferenceArgs?: boolean | undefined
  /** Tell permissions and times as well. */
  readonly attributes?: boolean
  /** What the path "-" stands for, and the name it goes by; none by default. */
  readonly stdin?: AsyncIterable<Uint8Array>
  readonly stdinName?: string | undefined
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
  const names = paths.map((path) => nameOf(path, options))
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin !== undefined) {
    const what = twin === '' ? 'are standard input' : `end in "${twin}"`
    throw new InvalidParametersError(`two of the paths ${what}: add them one after the other`)
  }
  let bytes = 0
  for (const path of paths) {
    for await (const entry of walk(path, nameOf(path, options), options, options.dereferenceArgs)) bytes += entry.size
  }
  return {
    bytes,
    candidates: () => readAll(paths, options),
    each: () => paths.map((path) => readAll([path], options))
  }
}

interface Entry extends FileAttributes {
  readonly type: AddCandidate['type']
  readonly source: string
  readonly path: string
  readonly size: number
}

/** A file of this name is added as "./-". */
const STDIN = '-'

const SECOND = 1_000_000_000n

/** Small files that are read ahead of their turn. */
const FILES_AHEAD = 16

interface Ahead {
  readonly entry: Entry
  readonly bytes: Promise<Uint8Array> | undefined
}

async function* readAll(paths: readonly string[], options: FindOptions): AsyncGenerator<AddCandidate> {
  // Bounded: `FILES_AHEAD`.
  const ahead: Ahead[] = []
  for (const root of paths) {
    for await (const entry of walk(root, nameOf(root, options), options, options.dereferenceArgs)) {
      const isSmall = entry.type === 'file' && entry.source !== STDIN && entry.size <= SMALL_FILE_BYTES
      const bytes = isSmall ? readSmallFile(entry.source) : undefined
      // Seen in its turn.
      bytes?.catch(() => undefined)
      ahead.push({ entry, bytes })
      const first = ahead.length > FILES_AHEAD ? ahead.shift() : undefined
      if (first !== undefined) yield await candidateOf(first, options)
    }
  }
  for (const entry of ahead) yield await candidateOf(entry, options)
}

async function candidateOf({ entry, bytes }: Ahead, options: FindOptions): Promise<AddCandidate> {
  const { type, source, path, mode, mtime } = entry
  const attributes = { mode, mtime }
  if (type === 'folder') return { type, path, ...attributes }
  if (type === 'link') return { type, path, target: await readlink(source), ...attributes }
  if (source === STDIN) return { type, path, content: options.stdin ?? process.stdin }
  return { type, path, ...attributes, content: bytes === undefined ? readFileBytes(source) : oneChunk(await bytes) }
}

async function* walk(source: string, path: string, options: FindOptions, follow = false): AsyncGenerator<Entry> {
  if (source === STDIN) {
    yield { type: 'file', source, path, size: 0 }
    return
  }
  const found = await attempt((follow ? stat : lstat)(source, { bigint: true }), source)
  const attributes = options.attributes === true ? attributesOf(found) : {}
  if (found.isFile()) {
    yield { type: 'file', source, path, size: Number(found.size), ...attributes }
  } else if (found.isSymbolicLink()) {
    yield { type: 'link', source, path, size: 0, ...attributes }
  } else if (found.isDirectory()) {
    if (!options.recursive) {
      throw new InvalidParametersError(`${source} is a directory, use the '-r' flag to specify directories`)
    }
    yield { type: 'folder', source, path, size: 0, ...attributes }
    for (const name of await namesIn(source, path, options)) yield* walk(join(source, name), `${path}/${name}`, options)
  } else {
    throw new InvalidParametersError(`${source} is neither a file, nor a folder, nor a link: leave it out`)
  }
}

/** What is to be added of what lies in a folder, in order. */
async function namesIn(source: string, path: string, { hidden, ignores }: FindOptions): Promise<string[]> {
  // From the folder on that was named to be added.
  const within = path.split('/').slice(1)
  const found = await attempt(readdir(source, { withFileTypes: true }), source)
  return found
    .filter((entry) => hidden || !entry.name.startsWith('.'))
    .filter((entry) => ignores?.([...within, entry.name].join('/'), entry.isDirectory()) !== true)
    .map(({ name }) => name)
    .sort()
}

function nameOf(path: string, { stdinName = '' }: FindOptions): string {
  return path === STDIN ? stdinName : basename(resolve(path))
}

function attributesOf({ mode, mtimeNs }: BigIntStats): FileAttributes {
  // Forward from the second before, also where that is before 1970.
  const nanoseconds = ((mtimeNs % SECOND) + SECOND) % SECOND
  return {
    mode: Number(mode & 0o7777n),
    mtime: { seconds: Number((mtimeNs - nanoseconds) / SECOND), nanoseconds: Number(nanoseconds) }
  }
}

async function attempt<T>(look: Promise<T>, path: string): Promise<T> {
  try {
    return await look
  } catch (error) {
    throw fileError(error, path)
  }
}
