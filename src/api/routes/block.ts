import { ApiError } from '../api-error.ts'
import { cidEncoder } from '../formats/cid-encoder.ts'
import { collect, oneChunk } from '../formats/collect.ts'
import type { BlockPutOptions, PeerService } from '../service/peer-service.ts'
import { firstArg, flag, json, lines, readOptions, text, type Call, type Route } from '../server/route.ts'

/** Largest upload read into memory for one block; the service refuses blocks that are too large for bitswap. */
const MAX_UPLOAD_BYTES = 8 * 1024 * 1024

const CID_ARG = { name: 'cid', min: 1 } as const

export const BLOCK_ROUTES: readonly Route[] = [
  {
    path: 'block/put',
    file: 'data',
    options: [
      { name: 'cid-codec', type: 'string' },
      { name: 'mhtype', type: 'string' },
      { name: 'mhlen', type: 'int' },
      { name: 'allow-big-block', type: 'bool' },
      { name: 'format', also: ['f'], type: 'string' },
      { name: 'pin', type: 'bool' }
    ],
    run: (service, call) => lines(putAll(service, call))
  },
  {
    path: 'block/get',
    arg: CID_ARG,
    run: async (service, call) => {
      const bytes = await service.blockGet(firstArg(call), readOptions(call))
      return { kind: 'bytes', type: 'application/vnd.ipld.raw', length: bytes.length, chunks: oneChunk(bytes) }
    }
  },
  {
    path: 'block/stat',
    arg: CID_ARG,
    run: async (service, call) => {
      const { cid, size } = await service.blockStat(firstArg(call), readOptions(call))
      return json({ Key: cidEncoder(call)(cid), Size: size })
    }
  },
  {
    path: 'block/rm',
    arg: { ...CID_ARG, many: true },
    options: [
      { name: 'force', also: ['f'], type: 'bool' },
      { name: 'quiet', also: ['q'], type: 'bool' }
    ],
    run: (service, call) => lines(removeAll(service, call))
  }
]

async function* putAll(service: PeerService, call: Call): AsyncGenerator {
  const options = putOptions(call)
  const encode = cidEncoder(call)
  let count = 0
  for await (const part of call.files()) {
    count += 1
    const { cid, size } = await service.blockPut(await collect(part.content, MAX_UPLOAD_BYTES, tooLarge), options)
    yield { Key: encode(cid), Size: size }
  }
  if (count === 0) throw new ApiError('parse', "file argument 'data' is required")
}

function putOptions(call: Call): BlockPutOptions {
  const allowBigBlock = flag(call, 'allow-big-block')
  const hash = text(call, 'mhtype') ?? 'sha2-256'
  const options = { signal: call.signal, hash, pin: flag(call, 'pin'), allowBigBlock }
  const format = text(call, 'format')
  const mhlen = call.options.get('mhlen')
  if (mhlen !== undefined && mhlen !== -1) {
    throw new ApiError('command', 'digests are never cut short here: leave out mhlen', { code: 1 })
  }
  if (format === undefined) return { ...options, codec: text(call, 'cid-codec') ?? 'raw' }
  if (format === 'v0') return { ...options, codec: 'dag-pb', cidVersion: 0 }
  return { ...options, codec: { protobuf: 'dag-pb', cbor: 'dag-cbor' }[format] ?? format }
}

async function* removeAll(service: PeerService, call: Call): AsyncGenerator {
  const quiet = flag(call, 'quiet')
  const encode = cidEncoder(call)
  const removals = service.blockRemove(call.args, { signal: call.signal, force: flag(call, 'force') })
  for await (const { cid, error } of removals) {
    if (error !== undefined) yield { Hash: encode(cid), Error: error }
    else if (!quiet) yield { Hash: encode(cid) }
  }
}

function tooLarge(): Error {
  return new ApiError('large', `a block is larger than ${MAX_UPLOAD_BYTES} bytes: use add for files`)
}
