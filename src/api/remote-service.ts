import type { ApiAddress } from './api-address.ts'
import { ApiError } from './api-error.ts'
import { authHeader } from './auth-header.ts'
import { collect, oneChunk } from './collect.ts'
import { errorMessage, httpCall, type HttpReply } from './http-call.ts'
import { writeMultipart, type MultipartBody } from './multipart-write.ts'
import type * as Service from './peer-service.ts'
import { RemotePolicy } from './remote-policy.ts'
import { RemoteRouting } from './remote-routing.ts'
import { readTar } from './tar-read.ts'
import * as wire from './wire.ts'

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
type Signal = { readonly signal?: AbortSignal | undefined }

/** A peer in another process, commanded through its HTTP API. */
export class RemoteService implements Service.PeerService {
  readonly routing = new RemoteRouting({
    value: async (command, query, options) => JSON.parse(await this.#body(command, query, options)) as unknown,
    lines: (command, query, options) => this.#lines(command, query, options)
  })
  readonly policy = new RemotePolicy((command, query) => this.#json(command, query))
  readonly #address: ApiAddress
  readonly #authorization: string | undefined

  /** `auth` is a secret as `authHeader` takes it: without one, only what asks for none is commanded. */
  constructor(address: ApiAddress, { auth }: { readonly auth?: string | undefined } = {}) {
    this.#address = address
    this.#authorization = auth === undefined ? undefined : authHeader(auth)
  }

  async version(): Promise<Service.VersionInfo> {
    return wire.toVersion(await this.#json('version', {}))
  }

  async id(peer?: string, options?: Signal): Promise<Service.IdInfo> {
    return wire.toId(await this.#json('id', { arg: peer }, options))
  }

  async *add(
    candidates: AsyncIterable<Service.AddCandidate>,
    options: Service.AddOptions = {}
  ): AsyncGenerator<Service.AddEvent> {
    const query = {
      'cid-version': options.cidVersion,
      'raw-leaves': options.rawLeaves,
      chunker: options.chunkBytes === undefined ? undefined : `size-${options.chunkBytes}`,
      'wrap-with-directory': options.wrap,
      progress: options.progress === true
    }
    for await (const line of this.#lines('add', query, options, writeMultipart(candidates))) yield wire.toAddEvent(line)
  }

  async cat(
    path: string,
    options: Service.ReadOptions & { offset?: number; length?: number } = {}
  ): Promise<Service.CatResult> {
    const query = { arg: path, ...readQuery(options), offset: options.offset, length: options.length }
    const { length, chunks } = await this.#call('cat', query, options)
    return { size: length ?? 0, content: chunks }
  }

  async get(path: string, options: Service.ReadOptions = {}): Promise<Service.Tree> {
    const { length, chunks } = await this.#call('get', { arg: path, ...readQuery(options) }, options)
    return { size: length ?? 0, entries: readTar(chunks) }
  }

  async ls(path: string, options: Service.ReadOptions = {}): Promise<readonly Service.LinkInfo[]> {
    return wire.toLinks(await this.#json('ls', { arg: path, ...readQuery(options) }, options))
  }

  async blockPut(bytes: Uint8Array, options: Service.BlockPutOptions = {}): Promise<Service.BlockInfo> {
    const query = {
      mhtype: options.hash,
      ...(options.cidVersion === 0 ? { format: 'v0' } : { 'cid-codec': options.codec })
    }
    const body = writeMultipart(oneFile(bytes))
    for await (const line of this.#lines('block/put', query, options, body)) return wire.toBlock(line)
    throw new ApiError('command', 'the daemon answered block/put with nothing')
  }

  async blockGet(path: string, options: Service.ReadOptions = {}): Promise<Uint8Array> {
    const { chunks } = await this.#call('block/get', { arg: path, ...readQuery(options) }, options)
    return await collect(chunks)
  }

  async blockStat(path: string, options: Service.ReadOptions = {}): Promise<Service.BlockInfo> {
    return wire.toBlock(await this.#json('block/stat', { arg: path, ...readQuery(options) }, options))
  }

  async *blockRemove(
    paths: readonly string[],
    options: Signal & { force?: boolean } = {}
  ): AsyncGenerator<Service.RemoveResult> {
    const query = { arg: paths, force: options.force }
    for await (const line of this.#lines('block/rm', query, options)) yield wire.toRemoval(line)
  }

  async swarmConnect(address: string, options?: Signal): Promise<Service.SwarmResult> {
    try {
      return wire.toSwarmResult(await this.#json('swarm/connect', { arg: address }, options))
    } catch (error) {
      // Kubo's API tells of a peer that cannot be reached by a failure, in the words of an answer.
      const result = error instanceof ApiError ? wire.toSwarmResult({ Strings: [error.message] }) : undefined
      if (result?.error === undefined) throw error
      return result
    }
  }

  async swarmDisconnect(address: string, options?: Signal): Promise<Service.SwarmResult> {
    return wire.toSwarmResult(await this.#json('swarm/disconnect', { arg: address }, options))
  }

  async swarmPeers(): Promise<readonly Service.SwarmPeer[]> {
    return wire.toSwarmPeers(await this.#json('swarm/peers', { verbose: true }))
  }

  async swarmAddresses(): Promise<ReadonlyMap<string, readonly string[]>> {
    return wire.toAddresses(await this.#json('swarm/addrs', {}))
  }

  async swarmLocalAddresses(options: { id?: boolean } = {}): Promise<readonly string[]> {
    return wire.toStrings(await this.#json('swarm/addrs/local', { id: options.id }))
  }

  async swarmListenAddresses(): Promise<readonly string[]> {
    return wire.toStrings(await this.#json('swarm/addrs/listen', {}))
  }

  async peeringAdd(address: string): Promise<Service.SwarmResult> {
    return await this.#peering('add', address)
  }

  async peeringList(): Promise<readonly Service.KeptPeerInfo[]> {
    return wire.toKeptPeers(await this.#json('swarm/peering/ls', {}))
  }

  async peeringRemove(peer: string): Promise<Service.SwarmResult> {
    return await this.#peering('rm', peer)
  }

  async bootstrapList(): Promise<readonly string[]> {
    return wire.toPeers(await this.#json('bootstrap/list', {}))
  }

  async bootstrapAdd(addresses: readonly string[]): Promise<readonly string[]> {
    return wire.toPeers(await this.#json('bootstrap/add', { arg: addresses }))
  }

  async bootstrapRemove(addresses: readonly string[] | 'all'): Promise<readonly string[]> {
    const query = addresses === 'all' ? { all: true } : { arg: addresses }
    return wire.toPeers(await this.#json('bootstrap/rm', query))
  }

  async bitswapStat(): Promise<Service.BitswapInfo> {
    return wire.toBitswap(await this.#json('bitswap/stat', {}))
  }

  async bitswapWantlist(peer?: string): Promise<readonly string[]> {
    return wire.toWantlist(await this.#json('bitswap/wantlist', { peer }))
  }

  async bitswapLedger(peer: string): Promise<Service.LedgerInfo> {
    return wire.toLedger(await this.#json('bitswap/ledger', { arg: peer }))
  }

  async bitswapLedgers(): Promise<readonly Service.LedgerInfo[]> {
    return wire.toLedgers(await this.#json('bitswap/ledgers', {}))
  }

  async repoStat(options: Signal & { sizeOnly?: boolean } = {}): Promise<Service.RepoInfo> {
    return wire.toRepo(await this.#json('repo/stat', { 'size-only': options.sizeOnly }, options))
  }

  async shutdown(): Promise<void> {
    await collect((await this.#call('shutdown', {})).chunks)
  }

  async #peering(command: 'add' | 'rm', arg: string): Promise<Service.SwarmResult> {
    for await (const line of this.#lines(`swarm/peering/${command}`, { arg })) return wire.toKept(line)
    throw new ApiError('command', `the daemon answered swarm/peering/${command} with nothing`)
  }

  async #call(command: string, query: Query, { signal }: Signal = {}, body?: MultipartBody): Promise<HttpReply> {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined) search.append(name, String(one))
      }
    }
    const authorization = this.#authorization
    return await httpCall(this.#address, { command, query: search, signal, authorization, ...(body && { body }) })
  }

  async #json(command: string, query: Query, options?: Signal): Promise<wire.Fields> {
    return wire.parse(await this.#body(command, query, options))
  }

  async #body(command: string, query: Query, options?: Signal): Promise<string> {
    const { chunks } = await this.#call(command, query, options)
    return Buffer.from(await collect(chunks)).toString('utf8')
  }

  async *#lines(command: string, query: Query, options?: Signal, body?: MultipartBody): AsyncGenerator<wire.Fields> {
    const { chunks } = await this.#call(command, query, options, body)
    for await (const line of splitLines(chunks)) {
      const message = errorMessage(line)
      if (message !== undefined) throw new ApiError('command', message)
      yield wire.parse(line)
    }
  }
}

function readQuery({ offline, from }: Service.ReadOptions): Query {
  return { offline: offline === true ? true : undefined, from }
}

async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts.filter((part) => part !== '')
  }
  if (rest !== '') yield rest
}

// eslint-disable-next-line @typescript-eslint/require-await -- one candidate, as a stream
async function* oneFile(bytes: Uint8Array): AsyncGenerator<Service.AddCandidate> {
  yield { type: 'file', path: 'block', content: oneChunk(bytes) }
}
