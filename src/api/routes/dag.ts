import { ApiError } from '../api-error.ts'
import { cidEncoder } from '../formats/cid-encoder.ts'
import { collect, oneChunk } from '../formats/collect.ts'
import type { DagStat, ImportEvent, RefInfo } from '../service/content-service.ts'
import type { PeerService } from '../service/peer-service.ts'
import { firstArg, flag, integer, json, lines, readOptions, text, type Call, type Route } from '../server/route.ts'

/** Largest upload read into memory for one node. */
const MAX_UPLOAD_BYTES = 8 * 1024 * 1024

const REF_ARG = { name: 'ref', min: 1 } as const
const PROGRESS = { name: 'progress', also: ['p'], type: 'bool' } as const

export const DAG_ROUTES: readonly Route[] = [
  {
    path: 'dag/import',
    file: 'path',
    options: [
      { name: 'pin-roots', type: 'bool' },
      { name: 'local-only', type: 'bool' },
      { name: 'silent', type: 'bool' },
      { name: 'stats', type: 'bool' },
      { name: 'allow-big-block', type: 'bool' }
    ],
    run: (service, call) => lines(importLines(service, call))
  },
  {
    path: 'dag/export',
    arg: { name: 'root', min: 1 },
    options: [PROGRESS, { name: 'local-only', type: 'bool' }],
    run: async (service, call) => {
      const options = { ...readOptions(call), localOnly: flag(call, 'local-only') }
      const chunks = await service.contents.dag.exportCar(firstArg(call), options)
      return { kind: 'bytes', type: 'application/vnd.ipld.car', chunks }
    }
  },
  {
    path: 'dag/put',
    file: 'object data',
    options: [
      { name: 'store-codec', type: 'string' },
      { name: 'input-codec', type: 'string' },
      { name: 'hash', type: 'string' },
      { name: 'pin', type: 'bool' },
      { name: 'allow-big-block', type: 'bool' }
    ],
    run: (service, call) => lines(putAll(service, call))
  },
  {
    path: 'dag/get',
    arg: REF_ARG,
    options: [{ name: 'output-codec', type: 'string' }],
    run: async (service, call) => {
      const codec = text(call, 'output-codec') ?? 'dag-json'
      const bytes = await service.contents.dag.get(firstArg(call), codec, readOptions(call))
      return { kind: 'bytes', type: 'text/plain', length: bytes.length, chunks: oneChunk(bytes) }
    }
  },
  {
    path: 'dag/resolve',
    arg: REF_ARG,
    run: async (service, call) => {
      const { cid, rest } = await service.contents.dag.resolve(firstArg(call), readOptions(call))
      return json({ Cid: { '/': cidEncoder(call)(cid) }, RemPath: rest })
    }
  },
  {
    path: 'dag/stat',
    arg: { name: 'root', min: 1, many: true },
    options: [PROGRESS],
    run: (service, call) => lines(stats(service, call))
  },
  {
    path: 'refs',
    arg: { name: 'ipfs-path', min: 1, many: true },
    options: [
      { name: 'format', type: 'string' },
      { name: 'edges', also: ['e'], type: 'bool' },
      { name: 'unique', also: ['u'], type: 'bool' },
      { name: 'recursive', also: ['r'], type: 'bool' },
      { name: 'max-depth', type: 'int' }
    ],
    run: (service, call) => lines(refLines(service, call))
  }
]

async function* importLines(service: PeerService, call: Call): AsyncGenerator {
  const localOnly = flag(call, 'local-only')
  if (localOnly && flag(call, 'pin-roots')) {
    const text =
      '--local-only implies --pin-roots=false and cannot be combined with --pin-roots=true; please drop one of them'
    throw new ApiError('command', text)
  }
  const options = {
    signal: call.signal,
    offline: flag(call, 'offline'),
    pinRoots: flag(call, 'pin-roots', !localOnly),
    allowBigBlocks: flag(call, 'allow-big-block')
  }
  const encode = cidEncoder(call)
  for await (const event of service.contents.dag.importCars(cars(call), options)) {
    const line = importLine(event, encode)
    if (event.type === 'stats' ? flag(call, 'stats') : !flag(call, 'silent') || event.pinError !== '') yield line
  }
}

async function* cars(call: Call): AsyncGenerator<AsyncIterable<Uint8Array>> {
  let count = 0
  for await (const { content } of call.files()) {
    count += 1
    yield content
  }
  if (count === 0) throw new ApiError('parse', "file argument 'path' is required")
}

function importLine(event: ImportEvent, encode: (cid: string) => string): unknown {
  if (event.type === 'stats') return { Stats: { BlockCount: event.blocks, BlockBytesCount: event.bytes } }
  return { Root: { Cid: { '/': encode(event.cid) }, PinErrorMsg: event.pinError } }
}

async function* putAll(service: PeerService, call: Call): AsyncGenerator {
  const options = {
    signal: call.signal,
    storeCodec: text(call, 'store-codec') ?? 'dag-cbor',
    inputCodec: text(call, 'input-codec') ?? 'dag-json',
    hash: text(call, 'hash') ?? 'sha2-256',
    pin: flag(call, 'pin'),
    allowBigBlock: flag(call, 'allow-big-block')
  }
  let count = 0
  for await (const { content } of call.files()) {
    count += 1
    const bytes = await collect(content, MAX_UPLOAD_BYTES, tooLarge)
    yield { Cid: { '/': cidEncoder(call)(await service.contents.dag.put(bytes, options)) } }
  }
  if (count === 0) throw new ApiError('parse', "file argument 'object data' is required")
}

function tooLarge(): Error {
  return new ApiError(
    'large',
    `a node is larger than ${MAX_UPLOAD_BYTES} bytes: use dag import for many, add for files`
  )
}

async function* stats(service: PeerService, call: Call): AsyncGenerator {
  const progress = flag(call, 'progress', true)
  let last: DagStat | undefined
  for await (const stat of service.contents.dag.stat(call.args, readOptions(call))) {
    if (progress && last !== undefined) yield partJson(last)
    last = stat
  }
  if (last !== undefined) yield statJson(last)
}

function partJson({ totalSize, dags }: DagStat): object {
  return {
    TotalSize: totalSize,
    DagStats: dags.map(({ cid, size, blocks }) => ({ Cid: cid, Size: size, NumBlocks: blocks }))
  }
}

function statJson(stat: DagStat): unknown {
  const { uniqueBlocks, sharedSize, ratio } = stat
  const { DagStats, TotalSize } = partJson(stat) as { DagStats: unknown; TotalSize: number }
  const shared = sharedSize === 0 ? {} : { SharedSize: sharedSize }
  return { UniqueBlocks: uniqueBlocks, TotalSize, ...shared, Ratio: ratio, DagStats }
}

async function* refLines(service: PeerService, call: Call): AsyncGenerator {
  const format = refFormat(call)
  const depth = integer(call, 'max-depth') ?? -1
  const options = {
    ...readOptions(call),
    recursive: flag(call, 'recursive'),
    unique: flag(call, 'unique'),
    maxDepth: depth < 0 ? undefined : depth
  }
  const encode = cidEncoder(call)
  for (const path of call.args) {
    for await (const ref of service.contents.dag.refs(path, options)) yield { Ref: format(ref, encode), Err: '' }
  }
}

function refFormat(call: Call): (ref: RefInfo, encode: (cid: string) => string) => string {
  const format = text(call, 'format') ?? '<dst>'
  const edges = flag(call, 'edges')
  if (edges && format !== '<dst>') {
    throw new ApiError('command', 'using format argument with edges is not allowed', { code: 1 })
  }
  const template = edges ? '<src> -> <dst>' : format
  return ({ from, to, name }, encode) =>
    template.replace(
      /<(src|dst|linkname)>/gu,
      (_, token) => ({ src: encode(from), dst: encode(to) })[String(token)] ?? name
    )
}
