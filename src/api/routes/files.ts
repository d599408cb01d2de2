import { ApiError } from '../api-error.ts'
import { cidEncoder } from '../cid-encoder.ts'
import type { Part } from '../multipart.ts'
import type { AddCandidate, AddOptions, PeerService } from '../peer-service.ts'
import { firstArg, flag, integer, json, lines, readOptions, text, type Call, type Reply, type Route } from '../route.ts'
import { writeTar } from '../tar-write.ts'

const PATH_ARG = { name: 'ipfs-path', min: 1 } as const

/** Longest target of a symbolic link that is taken in. */
const MAX_LINK_BYTES = 4_096

export const FILE_ROUTES: readonly Route[] = [
  {
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
      { name: 'pin', type: 'bool' },
      { name: 'pin-name', type: 'string' },
      { name: 'only-hash', also: ['n'], type: 'bool' },
      { name: 'hash', type: 'string' },
      { name: 'empty-dirs', also: ['E'], type: 'bool' }
    ],
    refused: [
      ...['trickle', 't', 'nocopy', 'fscache', 'to-files', 'inline'],
      ...['preserve-mode', 'preserve-mtime', 'mode', 'mtime', 'mtime-nsecs'],
      ...['max-file-links', 'max-directory-links', 'max-hamt-fanout', 'fast-provide-dag', 'fast-provide-wait']
    ],
    run: (service, call) => lines(addAll(service, call))
  },
  {
    path: 'cat',
    arg: PATH_ARG,
    options: [
      { name: 'offset', also: ['o'], type: 'int' },
      { name: 'length', also: ['l'], type: 'int' },
      { name: 'progress', also: ['p'], type: 'bool' }
    ],
    run: (service, call) => cat(service, call)
  },
  {
    path: 'get',
    arg: PATH_ARG,
    options: [
      { name: 'output', also: ['o'], type: 'string' },
      { name: 'archive', also: ['a'], type: 'bool' }
    ],
    refused: ['compress', 'C'],
    run: async (service, call) => {
      const tree = await service.get(firstArg(call), readOptions(call))
      return { kind: 'bytes', type: 'application/x-tar', length: tree.size, chunks: writeTar(tree.entries) }
    }
  },
  {
    path: 'ls',
    arg: { ...PATH_ARG, many: true },
    options: [
      { name: 'headers', also: ['v'], type: 'bool' },
      { name: 'resolve-type', type: 'bool' },
      { name: 'size', type: 'bool' },
      { name: 'stream', also: ['s'], type: 'bool' }
    ],
    refused: ['long', 'l'],
    run: async (service, call) => (flag(call, 'stream') ? lines(streamed(service, call)) : await listed(service, call))
  }
]

/** Types of UnixFS nodes, as numbers on this wire. */
const LINK_TYPES = { unknown: 0, folder: 1, file: 2, link: 4 } as const

async function listed(service: PeerService, call: Call): Promise<Reply> {
  const Objects: unknown[] = []
  for (const Hash of call.args) {
    const Links: unknown[] = []
    for await (const link of linksOf(service, Hash, call)) Links.push(link)
    Objects.push({ Hash, Links })
  }
  return json({ Objects })
}

/** Each link is an answer of its own. */
async function* streamed(service: PeerService, call: Call): AsyncGenerator {
  for (const Hash of call.args) {
    for await (const link of linksOf(service, Hash, call)) yield { Objects: [{ Hash, Links: [link] }] }
  }
}

async function* linksOf(service: PeerService, path: string, call: Call): AsyncGenerator {
  const encode = cidEncoder(call)
  const size = flag(call, 'size', true)
  const options = { ...readOptions(call), resolve: size || flag(call, 'resolve-type', true) }
  for await (const link of service.ls(path, options)) {
    const Type = LINK_TYPES[link.type]
    yield { Name: link.name, Hash: encode(link.cid), Size: size ? link.size : 0, Type, Target: link.target }
  }
}

async function cat(service: PeerService, call: Call): Promise<Reply> {
  const offset = integer(call, 'offset') ?? 0
  const length = integer(call, 'length')
  if (offset < 0) throw new ApiError('command', 'cannot specify negative offset')
  if (length !== undefined && length < 0) throw new ApiError('command', 'cannot specify negative length')
  const options = { ...readOptions(call), offset, ...(length === undefined ? {} : { length }) }
  const { size, content } = await service.cat(firstArg(call), options)
  return { kind: 'bytes', type: 'text/plain', length: size, chunks: content }
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
  const version = integer(call, 'cid-version') ?? 1
  const hash = text(call, 'hash') ?? 'sha2-256'
  const chunker = text(call, 'chunker') ?? 'size-262144'
  const chunkBytes = Number(/^size-(\d{1,8})$/u.exec(chunker)?.[1] ?? 0)
  if (version !== 0 && version !== 1) throw new ApiError('command', `unknown CID version: ${version}`, { code: 1 })
  if (hash !== 'sha2-256')
    throw new ApiError('command', `files are hashed with sha2-256 only, not ${hash}`, { code: 1 })
  if (chunkBytes < 1)
    throw new ApiError('command', `unrecognized chunker option: ${chunker}: use size-<bytes>`, { code: 1 })
  if (!flag(call, 'empty-dirs', true)) {
    throw new ApiError('command', 'empty folders are always added: leave out empty-dirs', { code: 1 })
  }
  return {
    signal: call.signal,
    cidVersion: version,
    rawLeaves: flag(call, 'raw-leaves', version === 1),
    chunkBytes,
    wrap: flag(call, 'wrap-with-directory'),
    pin: flag(call, 'pin', true),
    pinName: text(call, 'pin-name'),
    onlyHash: flag(call, 'only-hash'),
    progress: flag(call, 'progress'),
    concurrency: 1
  }
}

async function* candidates(call: Call): AsyncGenerator<AddCandidate> {
  for await (const part of call.files()) yield await candidate(part)
}

async function candidate({ filename, type, content }: Part): Promise<AddCandidate> {
  const path = cleanPath(filename)
  if (type === 'application/x-directory') return { type: 'folder', path }
  if (type === 'application/symlink') return { type: 'link', path, target: await linkTarget(content) }
  return { type: 'file', path, content }
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
