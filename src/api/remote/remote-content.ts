import { ApiError } from '../api-error.ts'
import type { ApiCaller, Query } from './api-caller.ts'
import { collect, oneChunk } from '../formats/collect.ts'
import type * as Content from '../service/content-service.ts'
import { writeMultipart, type MultipartBody } from './multipart-write.ts'
import type { AddCandidate } from '../service/peer-service.ts'
import type { ReadOptions } from '../service/read-options.ts'
import { RemoteStore } from './remote-store.ts'
import { fields, list, number, text, texts, type Fields } from './wire.ts'

type Calls = Pick<ApiCaller, 'json' | 'lines' | 'bytes'>

/** What a peer in another process stores. */
export function remoteContents(calls: Calls): Content.ContentService {
  return { pins: new RemotePins(calls), store: new RemoteStore(calls), dag: new RemoteDag(calls) }
}

class RemotePins implements Content.PinService {
  readonly #calls: Calls

  constructor(calls: Calls) {
    this.#calls = calls
  }

  async *add(paths: readonly string[], options: Content.PinAddOptions = {}): AsyncGenerator<Content.PinAddEvent> {
    const { recursive, name, idleMs } = options
    const idle = idleMs === undefined ? undefined : `${idleMs}ms`
    const query = { arg: paths, ...readQuery(options), recursive, name, 'idle-timeout': idle, progress: true }
    for await (const line of this.#calls.lines('pin/add', query, options)) {
      if (line.Pins === undefined)
        yield { type: 'progress', blocks: number(line, 'Progress'), bytes: number(line, 'Bytes') }
      else for (const cid of texts(line, 'Pins')) yield { type: 'pinned', cid }
    }
  }

  async remove(paths: readonly string[], options: Parameters<Content.PinService['remove']>[1] = {}) {
    return texts(await this.#calls.json('pin/rm', { arg: paths, recursive: options.recursive }, options), 'Pins')
  }

  async update(from: string, to: string, options: ReadOptions & { unpin?: boolean } = {}) {
    const query = { arg: [from, to], ...readQuery(options), unpin: options.unpin }
    return texts(await this.#calls.json('pin/update', query, options), 'Pins')
  }

  async *list(options: Content.PinListOptions = {}): AsyncGenerator<Content.PinInfo> {
    const { type, name, paths } = options
    const query = { arg: paths, type, name, names: true, stream: true }
    for await (const line of this.#calls.lines('pin/ls', query, options)) {
      const [kind = '', via] = text(line, 'Type').split(' through ')
      const found = { cid: text(line, 'Cid'), name: typeof line.Name === 'string' ? line.Name : '' }
      if (kind !== 'direct' && kind !== 'recursive' && kind !== 'indirect') throw unusable('Type')
      yield { ...found, type: kind, ...(via === undefined ? {} : { via }) }
    }
  }

  async *verify(options: { signal?: AbortSignal | undefined } = {}): AsyncGenerator<Content.PinStatus> {
    for await (const line of this.#calls.lines('pin/verify', { verbose: true }, options)) {
      const bad = list(line, 'BadNodes').map((value) => fields(value, 'BadNodes'))
      yield { cid: text(line, 'Cid'), bad: bad.map((one) => ({ cid: text(one, 'Cid'), error: text(one, 'Err') })) }
    }
  }
}

class RemoteDag implements Content.DagService {
  readonly #calls: Calls

  constructor(calls: Calls) {
    this.#calls = calls
  }

  async *importCars(cars: AsyncIterable<AsyncIterable<Uint8Array>>, options: Content.ImportOptions = {}) {
    const { pinRoots, allowBigBlocks, offline } = options
    const query = { 'pin-roots': pinRoots, 'allow-big-block': allowBigBlocks, offline, stats: true }
    for await (const line of this.#calls.lines('dag/import', query, options, upload(cars))) yield toImportEvent(line)
  }

  async exportCar(
    path: string,
    options: ReadOptions & { localOnly?: boolean } = {}
  ): Promise<AsyncIterable<Uint8Array>> {
    const query = { arg: path, ...readQuery(options), 'local-only': options.localOnly }
    return (await this.#calls.bytes('dag/export', query, options)).chunks
  }

  async put(bytes: Uint8Array, options: Content.DagPutOptions = {}): Promise<string> {
    const { inputCodec, storeCodec, hash, pin, allowBigBlock } = options
    const codecs = { 'input-codec': inputCodec, 'store-codec': storeCodec }
    const query = { ...codecs, hash, pin, 'allow-big-block': allowBigBlock }
    const body = upload(one(oneChunk(bytes)))
    for await (const line of this.#calls.lines('dag/put', query, options, body)) return cidOf(line)
    throw new ApiError('command', 'the daemon answered dag/put with nothing')
  }

  async get(path: string, outputCodec: string, options: ReadOptions = {}): Promise<Uint8Array> {
    const query = { arg: path, ...readQuery(options), 'output-codec': outputCodec }
    return await collect((await this.#calls.bytes('dag/get', query, options)).chunks)
  }

  async resolve(path: string, options: ReadOptions = {}) {
    const answer = await this.#calls.json('dag/resolve', { arg: path, ...readQuery(options) }, options)
    return { cid: cidOf(answer), rest: text(answer, 'RemPath') }
  }

  async *stat(paths: readonly string[], options: ReadOptions = {}): AsyncGenerator<Content.DagStat> {
    const query = { arg: paths, ...readQuery(options), progress: true }
    for await (const line of this.#calls.lines('dag/stat', query, options)) yield toDagStat(line)
  }

  async *refs(path: string, options: Content.RefsQuery = {}): AsyncGenerator<Content.RefInfo> {
    const { recursive, unique, maxDepth } = options
    const format = '<src> <dst> <linkname>'
    const query = { arg: path, ...readQuery(options), recursive, unique, 'max-depth': maxDepth, format }
    for await (const line of this.#calls.lines('refs', query, options)) {
      if (typeof line.Err === 'string' && line.Err !== '') throw new ApiError('command', line.Err)
      const [from = '', to = '', ...name] = text(line, 'Ref').split(' ')
      yield { from, to, name: name.join(' ') }
    }
  }
}

function toImportEvent(line: Fields): Content.ImportEvent {
  if (line.Stats !== undefined) {
    const stats = fields(line.Stats, 'Stats')
    return { type: 'stats', blocks: number(stats, 'BlockCount'), bytes: number(stats, 'BlockBytesCount') }
  }
  const root = fields(line.Root, 'Root')
  return { type: 'root', cid: cidOf(root), pinError: text(root, 'PinErrorMsg') }
}

function toDagStat(line: Fields): Content.DagStat {
  const dags = list(line, 'DagStats').map((value) => fields(value, 'DagStats'))
  return {
    uniqueBlocks: orZero(line.UniqueBlocks),
    totalSize: number(line, 'TotalSize'),
    sharedSize: orZero(line.SharedSize),
    ratio: orZero(line.Ratio),
    dags: dags.map((dag) => ({ cid: text(dag, 'Cid'), size: number(dag, 'Size'), blocks: number(dag, 'NumBlocks') }))
  }
}

/** Left out on this wire when it is none. */
function orZero(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function cidOf(answer: Fields): string {
  return text(fields(answer.Cid, 'Cid'), '/')
}

function upload(files: AsyncIterable<AsyncIterable<Uint8Array>>): MultipartBody {
  return writeMultipart(candidates(files))
}

async function* candidates(files: AsyncIterable<AsyncIterable<Uint8Array>>): AsyncGenerator<AddCandidate> {
  for await (const content of files) yield { type: 'file', path: 'file', content }
}

// eslint-disable-next-line @typescript-eslint/require-await -- one value, as a stream
async function* one<T>(value: T): AsyncGenerator<T> {
  yield value
}

function readQuery({ offline, from, label }: ReadOptions): Query {
  return { offline: offline === true ? true : undefined, from, label }
}

function unusable(name: string): ApiError {
  return new ApiError('command', `the daemon's answer has no usable "${name}": is it of another version?`)
}
