import { ApiError } from '../api-error.ts'
import { compressionLevel, writeArchive } from '../formats/archive.ts'
import { cidEncoder } from '../formats/cid-encoder.ts'
import { goMode } from '../formats/file-mode.ts'
import { timeText } from '../formats/file-time.ts'
import type { PeerService } from '../service/peer-service.ts'
import {
  firstArg,
  flag,
  integer,
  json,
  lines,
  readOptions,
  type Call,
  type Reply,
  type Route
} from '../server/route.ts'
import { ADD_ROUTE } from './add.ts'

const PATH_ARG = { name: 'ipfs-path', min: 1 } as const

export const FILE_ROUTES: readonly Route[] = [
  ADD_ROUTE,
  {
    path: 'cat',
    arg: { ...PATH_ARG, many: true },
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
      { name: 'archive', also: ['a'], type: 'bool' },
      { name: 'compress', also: ['C'], type: 'bool' },
      { name: 'compression-level', also: ['l'], type: 'int' }
    ],
    run: get
  },
  {
    path: 'ls',
    arg: { ...PATH_ARG, many: true },
    options: [
      { name: 'headers', also: ['v'], type: 'bool' },
      { name: 'resolve-type', type: 'bool' },
      { name: 'size', type: 'bool' },
      { name: 'stream', also: ['s'], type: 'bool' },
      { name: 'long', also: ['l'], type: 'bool' }
    ],
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
    const { name: Name, target: Target, mode, mtime } = link
    // Told also without "long", which is about lines of text.
    const attributes = { Mode: goMode(mode, link.type === 'folder'), ModTime: timeText(mtime) }
    yield {
      Name,
      Hash: encode(link.cid),
      Size: size ? link.size : 0,
      Type: LINK_TYPES[link.type],
      Target,
      ...attributes
    }
  }
}

async function get(service: PeerService, call: Call): Promise<Reply> {
  const level = compressionLevel(flag(call, 'compress'), integer(call, 'compression-level'))
  const tree = await service.get(firstArg(call), readOptions(call))
  const chunks = writeArchive(tree, { archive: flag(call, 'archive'), level })
  if (level !== undefined) return { kind: 'bytes', type: 'application/gzip', chunks }
  return { kind: 'bytes', type: 'application/x-tar', length: tree.size, chunks }
}

async function cat(service: PeerService, call: Call): Promise<Reply> {
  const offset = integer(call, 'offset') ?? 0
  const length = integer(call, 'length')
  if (offset < 0) throw new ApiError('command', 'cannot specify negative offset')
  if (length !== undefined && length < 0) throw new ApiError('command', 'cannot specify negative length')
  const { size, content } = await service.cat(call.args, { ...readOptions(call), offset, length })
  return { kind: 'bytes', type: 'text/plain', length: size, chunks: content }
}
