import type { FileTime } from '../../content/unixfs-node.ts'
import { ApiError } from '../api-error.ts'
import { cidEncoder } from '../formats/cid-encoder.ts'
import { attributesOf, parseMode } from '../formats/file-mode.ts'
import type { Part } from '../server/multipart.ts'
import type { AddCandidate, AddOptions, PeerService } from '../service/peer-service.ts'
import { flag, integer, lines, text, type Call, type Route } from '../server/route.ts'

/** Longest target of a symbolic link that is taken in. */
const MAX_LINK_BYTES = 4_096

/** Blocks of up to so many bytes are taken into CIDs where nothing else was said, as with Kubo. */
const INLINE_BYTES = 32

export const ADD_ROUTE: Route = {
  path: 'add',
  file: 'path',
  options: [
    { name: 'quiet', also: ['q'], type: 'bool' },
    { name: 'quieter', also: ['Q'], type: 'bool' },
    { name: 'silent', type: 'bool' },
    { name: 'progress', also: ['p'], type: 'bool' },
    { name: 'wrap-with-directory', also: ['w'], type: 'bool' },
    { name: 'cid-version', type: 'int' },
    { name: 'raw-leaves', type: 'bool' },
    { name: 'chunker', also: ['s'], type: 'string' },
    { name: 'trickle', also: ['t'], type: 'bool' },
    { name: 'max-file-links', type: 'int' },
    { name: 'max-hamt-fanout', type: 'int' },
    { name: 'pin', type: 'bool' },
    { name: 'pin-name', type: 'string' },
    { name: 'only-hash', also: ['n'], type: 'bool' },
    { name: 'hash', type: 'string' },
    { name: 'inline', type: 'bool' },
    { name: 'inline-limit', type: 'int' },
    { name: 'preserve-mode', type: 'bool' },
    { name: 'preserve-mtime', type: 'bool' },
    { name: 'mode', type: 'string' },
    { name: 'mtime', type: 'int' },
    { name: 'mtime-nsecs', type: 'int' },
    { name: 'empty-dirs', also: ['E'], type: 'bool' }
  ],
  refused: [...['nocopy', 'fscache', 'to-files', 'max-directory-links'], ...['fast-provide-dag', 'fast-provide-wait']],
  run: (service, call) => lines(addAll(service, call))
}

async function* addAll(service: PeerService, call: Call): AsyncGenerator {
  const silent = flag(call, 'silent')
  const encode = cidEncoder(call)
  let last: unknown
  let count = 0
  for await (const event of service.add(candidates(call), addOptions(call))) {
    if (event.type === 'progress') {
      yield { Name: event.path, Bytes: event.bytes }
      continue
    }
    count += 1
    last = { Name: event.path, Hash: encode(event.cid), Size: String(event.size) }
    if (!silent && !flag(call, 'quieter')) yield last
  }
  if (count === 0) throw new ApiError('parse', "file argument 'path' is required")
  if (flag(call, 'quieter')) yield last
}

function addOptions(call: Call): AddOptions {
  const hash = text(call, 'hash')
  // Whoever asks for another hash function asks for CIDs that can tell which.
  const version = integer(call, 'cid-version') ?? 1
  const chunker = text(call, 'chunker') ?? 'size-262144'
  const chunkBytes = Number(/^size-(\d{1,8})$/u.exec(chunker)?.[1] ?? 0)
  if (version !== 0 && version !== 1) throw refused(`unknown CID version: ${version}`)
  if (chunkBytes < 1) throw refused(`unrecognized chunker option: ${chunker}: expected size-<bytes>, as size-262144`)
  if (!flag(call, 'empty-dirs', true)) throw refused('empty folders are always added: leave out empty-dirs')
  return {
    signal: call.signal,
    cidVersion: version,
    rawLeaves: flag(call, 'raw-leaves', version === 1),
    chunkBytes,
    hash,
    inlineBytes: flag(call, 'inline') ? (integer(call, 'inline-limit') ?? INLINE_BYTES) : undefined,
    layout: flag(call, 'trickle') ? 'trickle' : undefined,
    maxFileLinks: maxFileLinksOf(call),
    hamtFanout: integer(call, 'max-hamt-fanout'),
    attributes: { mode: modeOf(call), mtime: mtimeOf(call) },
    preserveMode: flag(call, 'preserve-mode'),
    preserveMtime: flag(call, 'preserve-mtime'),
    wrap: flag(call, 'wrap-with-directory'),
    pin: flag(call, 'pin', true),
    pinName: text(call, 'pin-name'),
    onlyHash: flag(call, 'only-hash'),
    progress: flag(call, 'progress'),
    concurrency: 1
  }
}

/** As Kubo, which takes less than one for its default. */
function maxFileLinksOf(call: Call): number | undefined {
  const links = integer(call, 'max-file-links') ?? 0
  return links > 0 ? links : undefined
}

function modeOf(call: Call): number | undefined {
  const given = text(call, 'mode')
  const mode = given === undefined ? undefined : parseMode(given)
  if (given !== undefined && mode === undefined) {
    throw new ApiError('parse', `Could not convert value "${given}" to type "uint" (for option "-mode")`)
  }
  return mode
}

function mtimeOf(call: Call): FileTime | undefined {
  const seconds = integer(call, 'mtime')
  const nanoseconds = integer(call, 'mtime-nsecs') ?? 0
  if (seconds === undefined) {
    if (nanoseconds === 0) return undefined
    throw refused('option "mtime-nsecs" requires "mtime" to be provided as well')
  }
  if (nanoseconds < 0 || nanoseconds > 999_999_999) throw refused('option "mtime-nsecs" must be from 0 to 999999999')
  return { seconds, nanoseconds }
}

function refused(message: string): ApiError {
  return new ApiError('command', message, { code: 1 })
}

async function* candidates(call: Call): AsyncGenerator<AddCandidate> {
  for await (const part of call.files()) yield await candidate(part)
}

async function candidate({ name, filename, type, content }: Part): Promise<AddCandidate> {
  const path = cleanPath(filename)
  const attributes = attributesOf(name)
  if (type === 'application/x-directory') return { type: 'folder', path, ...attributes }
  if (type === 'application/symlink') return { type: 'link', path, target: await linkTarget(content), ...attributes }
  return { type: 'file', path, content, ...attributes }
}

/** A path as the tree takes it: no root, no way up, nothing that ends a C string. */
function cleanPath(filename: string): string {
  const names = filename.split('/').filter((name) => name !== '' && name !== '.')
  if (names.includes('..') || filename.includes('\0')) {
    throw new ApiError('parse', `the file name "${filename}" leads out of its folder`)
  }
  return names.join('/')
}

async function linkTarget(content: AsyncIterable<Uint8Array>): Promise<string> {
  let target = Buffer.alloc(0)
  for await (const chunk of content) {
    target = Buffer.concat([target, chunk])
    if (target.length > MAX_LINK_BYTES) throw new ApiError('parse', `a link is longer than ${MAX_LINK_BYTES} bytes`)
  }
  return target.toString('utf8')
}
