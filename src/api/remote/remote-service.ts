import { addQuery } from './add-query.ts'
import type { ApiAddress } from '../api-address.ts'
import { ApiCaller, type Query } from './api-caller.ts'
import { ApiError } from '../api-error.ts'
import { closingAfter } from '../../closing-after.ts'
import { collect, oneChunk } from '../formats/collect.ts'
import type { DiagnosticsService } from '../service/diagnostics-service.ts'
import { writeMultipart } from './multipart-write.ts'
import type { NetworkService } from '../service/network-service.ts'
import type { IdInfo } from '../service/id-info.ts'
import type * as Service from '../service/peer-service.ts'
import type { ReadOptions } from '../service/read-options.ts'
import type { PolicyService } from '../service/policy-service.ts'
import type { ConfigService } from '../service/config-service.ts'
import type { ContentService } from '../service/content-service.ts'
import type { LogService } from '../service/log-service.ts'
import { RemoteConfig } from './remote-config.ts'
import { remoteContents } from './remote-content.ts'
import { RemoteDiagnostics } from './remote-diagnostics.ts'
import type { InsightCommands } from '../service/insight-service.ts'
import { RemoteInsight } from './remote-insight.ts'
import { RemoteLog } from './remote-log.ts'
import { RemoteNetwork } from './remote-network.ts'
import { RemotePolicy } from './remote-policy.ts'
import { RemoteRouting } from './remote-routing.ts'
import type { RoutingService } from '../service/routing-service.ts'
import { readTar } from './tar-read.ts'
import * as wire from './wire.ts'

type Signal = { readonly signal?: AbortSignal | undefined }

/** A peer in another process, commanded through its HTTP API. */
export class RemoteService implements Service.PeerService {
  readonly #calls: ApiCaller
  readonly routing: RoutingService
  readonly config: ConfigService
  readonly log: LogService
  readonly contents: ContentService
  readonly policy: PolicyService
  readonly network: NetworkService
  readonly insight: InsightCommands
  readonly diagnostics: DiagnosticsService

  /** `auth` is a secret as `authHeader` takes it: without one, only what asks for none is commanded. */
  constructor(address: ApiAddress, options: { readonly auth?: string | undefined } = {}) {
    const calls = new ApiCaller(address, options)
    this.#calls = calls
    this.config = new RemoteConfig(calls)
    this.log = new RemoteLog(calls)
    this.contents = remoteContents(calls)
    this.routing = new RemoteRouting(calls)
    this.policy = new RemotePolicy((command, query) => calls.json(command, query))
    this.network = new RemoteNetwork(calls)
    this.insight = new RemoteInsight(calls)
    this.diagnostics = new RemoteDiagnostics(calls)
  }

  async version(): Promise<Service.VersionInfo> {
    return wire.toVersion(await this.#calls.json('version', {}))
  }

  async id(peer?: string, options?: Signal): Promise<IdInfo> {
    return wire.toId(await this.#calls.json('id', { arg: peer }, options))
  }

  async *add(
    candidates: AsyncIterable<Service.AddCandidate>,
    options: Service.AddOptions = {}
  ): AsyncGenerator<Service.AddEvent> {
    for await (const line of this.#calls.lines('add', addQuery(options), options, writeMultipart(candidates)))
      yield wire.toAddEvent(line)
  }

  async cat(paths: string | readonly string[], options: Service.CatOptions = {}): Promise<Service.CatResult> {
    const query = { arg: paths, ...readQuery(options), offset: options.offset, length: options.length }
    const { length, chunks } = await this.#calls.bytes('cat', query, options)
    return { size: length ?? 0, content: chunks }
  }

  async get(path: string, options: ReadOptions = {}): Promise<Service.Tree> {
    const { length, chunks } = await this.#calls.bytes('get', { arg: path, ...readQuery(options) }, options)
    return { size: length ?? 0, entries: closingAfter(readTar(chunks), () => void chunks.return?.()) }
  }

  async *ls(path: string, options: Service.ListOptions = {}): AsyncGenerator<Service.LinkInfo> {
    const { resolve } = options
    const query = { arg: path, ...readQuery(options), stream: true, size: resolve, 'resolve-type': resolve }
    for await (const line of this.#calls.lines('ls', query, options)) yield* wire.toLinks(line)
  }

  async blockPut(bytes: Uint8Array, options: Service.BlockPutOptions = {}): Promise<Service.BlockInfo> {
    const query = {
      mhtype: options.hash,
      pin: options.pin,
      'allow-big-block': options.allowBigBlock,
      ...(options.cidVersion === 0 ? { format: 'v0' } : { 'cid-codec': options.codec })
    }
    const body = writeMultipart(oneFile(bytes))
    for await (const line of this.#calls.lines('block/put', query, options, body)) return wire.toBlock(line)
    throw new ApiError('command', 'the daemon answered block/put with nothing')
  }

  async blockGet(path: string, options: ReadOptions = {}): Promise<Uint8Array> {
    const { chunks } = await this.#calls.bytes('block/get', { arg: path, ...readQuery(options) }, options)
    return await collect(chunks)
  }

  async blockStat(path: string, options: ReadOptions = {}): Promise<Service.BlockInfo> {
    return wire.toBlock(await this.#calls.json('block/stat', { arg: path, ...readQuery(options) }, options))
  }

  async *blockRemove(
    paths: readonly string[],
    options: Signal & { force?: boolean } = {}
  ): AsyncGenerator<Service.RemoveResult> {
    const query = { arg: paths, force: options.force }
    for await (const line of this.#calls.lines('block/rm', query, options)) yield wire.toRemoval(line)
  }

  async swarmConnect(address: string, options?: Service.ConnectOptions): Promise<Service.SwarmResult> {
    const query = { arg: address, 'any-peer': options?.anyPeer }
    try {
      return wire.toSwarmResult(await this.#calls.json('swarm/connect', query, options))
    } catch (error) {
      // Kubo's API tells of a peer that cannot be reached by a failure, in the words of an answer.
      const result = error instanceof ApiError ? wire.toSwarmResult({ Strings: [error.message] }) : undefined
      if (result?.error === undefined) throw error
      return result
    }
  }

  async swarmDisconnect(address: string, options?: Signal): Promise<Service.SwarmResult> {
    return wire.toSwarmResult(await this.#calls.json('swarm/disconnect', { arg: address }, options))
  }

  async swarmPeers(): Promise<readonly Service.SwarmPeer[]> {
    return wire.toSwarmPeers(await this.#calls.json('swarm/peers', { latency: true, direction: true, streams: true }))
  }

  async swarmAddresses(): Promise<ReadonlyMap<string, readonly string[]>> {
    return wire.toAddresses(await this.#calls.json('swarm/addrs', {}))
  }

  async swarmLocalAddresses(options: { id?: boolean } = {}): Promise<readonly string[]> {
    return wire.toStrings(await this.#calls.json('swarm/addrs/local', { id: options.id }))
  }

  async swarmListenAddresses(): Promise<readonly string[]> {
    return wire.toStrings(await this.#calls.json('swarm/addrs/listen', {}))
  }

  async peeringAdd(address: string): Promise<Service.SwarmResult> {
    return await this.#peering('add', address)
  }

  async peeringList(): Promise<readonly Service.KeptPeerInfo[]> {
    return wire.toKeptPeers(await this.#calls.json('swarm/peering/ls', {}))
  }

  async peeringRemove(peer: string): Promise<Service.SwarmResult> {
    return await this.#peering('rm', peer)
  }

  async bootstrapList(): Promise<readonly string[]> {
    return wire.toPeers(await this.#calls.json('bootstrap/list', {}))
  }

  async bootstrapAdd(addresses: readonly string[]): Promise<readonly string[]> {
    return wire.toPeers(await this.#calls.json('bootstrap/add', { arg: addresses }))
  }

  async bootstrapRemove(addresses: readonly string[] | 'all'): Promise<readonly string[]> {
    const query = addresses === 'all' ? { all: true } : { arg: addresses }
    return wire.toPeers(await this.#calls.json('bootstrap/rm', query))
  }

  async bitswapStat(): Promise<Service.BitswapInfo> {
    return wire.toBitswap(await this.#calls.json('bitswap/stat', {}))
  }

  async bitswapWantlist(peer?: string): Promise<readonly string[]> {
    return wire.toWantlist(await this.#calls.json('bitswap/wantlist', { peer }))
  }

  async bitswapLedger(peer: string): Promise<Service.LedgerInfo> {
    return wire.toLedger(await this.#calls.json('bitswap/ledger', { arg: peer }))
  }

  async bitswapLedgers(): Promise<readonly Service.LedgerInfo[]> {
    return wire.toLedgers(await this.#calls.json('bitswap/ledgers', {}))
  }

  async repoStat(options: Service.RepoQuery = {}): Promise<Service.RepoInfo> {
    const { sizeOnly, io } = options
    return wire.toRepo(await this.#calls.json('repo/stat', { 'size-only': sizeOnly, io }, options))
  }

  async shutdown(): Promise<void> {
    await collect((await this.#calls.bytes('shutdown', {})).chunks)
  }

  async #peering(command: 'add' | 'rm', arg: string): Promise<Service.SwarmResult> {
    for await (const line of this.#calls.lines(`swarm/peering/${command}`, { arg })) return wire.toKept(line)
    throw new ApiError('command', `the daemon answered swarm/peering/${command} with nothing`)
  }
}

function readQuery({ offline, from, label }: ReadOptions): Query {
  return { offline: offline === true ? true : undefined, from, label }
}

// eslint-disable-next-line @typescript-eslint/require-await -- one candidate, as a stream
async function* oneFile(bytes: Uint8Array): AsyncGenerator<Service.AddCandidate> {
  yield { type: 'file', path: 'block', content: oneChunk(bytes) }
}
