import { collect, oneChunk } from '../../src/api/formats/collect.ts'
import type { IdInfo } from '../../src/api/service/id-info.ts'
import type * as Service from '../../src/api/service/peer-service.ts'
import type { ReadOptions } from '../../src/api/service/read-options.ts'
import type { FileAttributes } from '../../src/content/unixfs-node.ts'
import { FakeConfig } from './fake-config.ts'
import { FakeDiagnostics } from './fake-diagnostics.ts'
import { FakeInsight } from './fake-insight.ts'
import { FakeLog } from './fake-log.ts'
import { FakeNetwork } from './fake-network.ts'
import { FakePolicy } from './fake-policy.ts'
import { NotFoundError } from '../../src/errors.ts'
import { fakeContents } from './fake-contents.ts'
import { FakeRouting } from './fake-routing.ts'

export const CID_TEXT = 'bafkreiey5jxe6ilpf62lnh77tm5ejbbmhbugzjuf6p2v3remlu73ced34q'
export const PEER_TEXT = '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'

/** Nobody has this block: asking for it waits. */
export const MISSING = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'

/** A service with fixed answers, which writes down what it was asked. */
export class FakeService implements Service.PeerService {
  readonly policy = new FakePolicy((...call) => void this.calls.push(call))
  readonly calls: unknown[][] = []
  readonly config = new FakeConfig(this.calls)
  readonly log = new FakeLog(this.calls)
  readonly contents = fakeContents((...call) => void this.calls.push(call))
  readonly routing = new FakeRouting(this.calls)
  readonly network = new FakeNetwork(this.calls)
  readonly insight = new FakeInsight(this.calls)
  readonly diagnostics = new FakeDiagnostics()
  readonly uploads: ({ path: string; content: string } & FileAttributes)[] = []
  /** Called once a caller that waited has given up. */
  readonly gaveUp = Promise.withResolvers<unknown>()
  empty = false

  version(): Service.VersionInfo {
    return { version: '0.1.0', commit: '', repo: '18', system: 'amd64/linux', runtime: 'nodev26' }
  }

  id(peer?: string): Promise<IdInfo> {
    this.calls.push(['id', peer])
    const lists = this.empty
      ? { addresses: [], protocols: [] }
      : { addresses: ['/ip4/1.2.3.4/tcp/1'], protocols: ['/p'] }
    return Promise.resolve({ id: PEER_TEXT, publicKey: 'CAES', agentVersion: 'barter/0.1.0', ...lists })
  }

  async *add(
    source: AsyncIterable<Service.AddCandidate>,
    options?: Service.AddOptions
  ): AsyncGenerator<Service.AddEvent> {
    const { signal, ...rest } = options ?? {}
    this.calls.push(['add', signal?.aborted, rest])
    for await (const candidate of source) {
      const content =
        candidate.type === 'file' ? Buffer.from(await collect(candidate.content)).toString() : candidate.type
      const { path, mode, mtime } = candidate
      this.uploads.push({ path, content, ...(mode === undefined ? {} : { mode }), ...(mtime && { mtime }) })
      if (candidate.path === 'bad') throw new Error('the disk is full')
      if (options?.progress === true) yield { type: 'progress', path: candidate.path, bytes: content.length }
      yield { type: 'added', path: candidate.path, cid: CID_TEXT, size: content.length }
    }
  }

  cat(paths: string | readonly string[], options?: Service.CatOptions): Promise<Service.CatResult> {
    const path = typeof paths === 'string' ? paths : paths.join(' ')
    this.calls.push(['cat', path, options?.offset, options?.length, options?.offline, options?.from])
    return Promise.resolve({ size: 11, content: path === 'half' ? breaking() : oneChunk(Buffer.from('hello world')) })
  }

  get(path: string): Promise<Service.Tree> {
    this.calls.push(['get', path])
    return Promise.resolve({ size: 5, entries: tree() })
  }

  async *ls(path: string, { resolve = true }: Service.ListOptions = {}): AsyncGenerator<Service.LinkInfo> {
    this.calls.push(['ls', path, resolve])
    const file = { name: 'a', cid: CID_TEXT, size: resolve ? 6 : 0, type: 'file' as const, target: '' }
    yield await Promise.resolve({ ...file, mode: 0o640, mtime: { seconds: 5, nanoseconds: 250_000_000 } })
    yield { name: 'b', cid: CID_TEXT, size: 0, type: resolve ? 'folder' : 'unknown', target: '', mode: 0o700 }
    yield { name: 'c', cid: CID_TEXT, size: 0, type: 'link', target: 'a' }
  }

  blockPut(bytes: Uint8Array, options?: Service.BlockPutOptions): Promise<Service.BlockInfo> {
    this.calls.push(['blockPut', Buffer.from(bytes).toString(), options?.codec, options?.hash, options?.cidVersion])
    return Promise.resolve({ cid: CID_TEXT, size: bytes.length })
  }

  async blockGet(path: string, options?: ReadOptions): Promise<Uint8Array> {
    if (path !== MISSING) return Buffer.from('block')
    if (options?.offline === true) {
      throw new NotFoundError(`block was not found locally (offline): ipld: could not find ${path}`)
    }
    return await new Promise((_, reject) => {
      options?.signal?.addEventListener('abort', () => {
        this.gaveUp.resolve(options.signal?.reason)
        reject(options.signal?.reason as Error)
      })
    })
  }

  blockStat(path: string): Promise<Service.BlockInfo> {
    return Promise.resolve({ cid: path, size: 12 })
  }

  async *blockRemove(paths: readonly string[]): AsyncGenerator<Service.RemoveResult> {
    for (const cid of paths) {
      yield await Promise.resolve(cid === MISSING ? { cid, error: `ipld: could not find ${cid}` } : { cid })
    }
  }

  swarmConnect(address: string): Promise<Service.SwarmResult> {
    return Promise.resolve(
      address.startsWith('/bad') ? { peer: PEER_TEXT, error: 'nobody is there' } : { peer: PEER_TEXT }
    )
  }

  swarmDisconnect(address: string): Promise<Service.SwarmResult> {
    return this.swarmConnect(address)
  }

  swarmPeers(): readonly Service.SwarmPeer[] {
    if (this.empty) return []
    const peer = { peer: PEER_TEXT, latencyMs: 1.2, streams: ['/ipfs/bitswap/1.2.0'] }
    return [
      { ...peer, address: '/ip4/2.2.2.2/tcp/1', direction: 'outbound' },
      { ...peer, address: '/ip4/1.1.1.1/tcp/1', direction: 'inbound' }
    ]
  }

  swarmAddresses(): Promise<ReadonlyMap<string, readonly string[]>> {
    return Promise.resolve(new Map([[PEER_TEXT, ['/ip4/1.1.1.1/tcp/1']]]))
  }

  swarmLocalAddresses(options?: { id?: boolean }): readonly string[] {
    return ['/ip4/9.9.9.9/tcp/1', '/ip4/1.1.1.1/tcp/1'].map((a) => (options?.id === true ? `${a}/p2p/${PEER_TEXT}` : a))
  }

  swarmListenAddresses(): readonly string[] {
    return this.swarmLocalAddresses()
  }

  peeringAdd(address: string): Promise<Service.SwarmResult> {
    this.calls.push(['peeringAdd', address])
    return Promise.resolve({ peer: PEER_TEXT })
  }

  peeringList(): readonly Service.KeptPeerInfo[] {
    return this.empty ? [] : [{ peer: PEER_TEXT, addresses: ['/ip4/1.1.1.1/tcp/1'] }]
  }

  peeringRemove(peer: string): Promise<Service.SwarmResult> {
    this.calls.push(['peeringRemove', peer])
    return Promise.resolve({ peer })
  }

  bootstrapList(): readonly string[] {
    return this.empty ? [] : [`/ip4/1.1.1.1/tcp/1/p2p/${PEER_TEXT}`]
  }

  bootstrapAdd(addresses: readonly string[]): Promise<readonly string[]> {
    this.calls.push(['bootstrapAdd', addresses])
    return Promise.resolve(addresses)
  }

  bootstrapRemove(addresses: readonly string[] | 'all'): Promise<readonly string[]> {
    this.calls.push(['bootstrapRemove', addresses])
    return Promise.resolve(addresses === 'all' ? this.bootstrapList() : addresses)
  }

  bitswapStat(): Service.BitswapInfo {
    return {
      wantlist: [CID_TEXT],
      peers: [PEER_TEXT],
      blocksReceived: 1,
      dataReceived: 2,
      dupBlocksReceived: 3,
      dupDataReceived: 4,
      messagesReceived: 5,
      blocksSent: 6,
      dataSent: 7
    }
  }

  bitswapWantlist(peer?: string): readonly string[] {
    this.calls.push(['bitswapWantlist', peer])
    return [CID_TEXT]
  }

  bitswapLedger(peer: string): Service.LedgerInfo {
    return { peer, debtRatio: 0.5, bytesSent: 5, bytesReceived: 9, exchanges: 2 }
  }

  bitswapLedgers(): readonly Service.LedgerInfo[] {
    return [this.bitswapLedger(PEER_TEXT)]
  }

  repoStat({ io }: Service.RepoQuery = {}): Promise<Service.RepoInfo> {
    const read = { store: 'blocks (fs)', reads: 9, hits: 7, misses: 2, readBytes: 70, readMs: 4 }
    const stores = [{ ...read, writes: 3, writtenBytes: 100, writeMs: 6, errors: 1 }]
    const info = { path: '/repo', version: 'fs-repo@18', size: 100, storageMax: 1_000, blocks: 3 }
    return Promise.resolve(io === true ? { ...info, stores } : info)
  }

  shutdown(): void {
    this.calls.push(['shutdown'])
  }
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('hello'))
  throw new Error('the disk is gone')
}

async function* tree(): AsyncGenerator<Service.TreeEntry> {
  yield await Promise.resolve({ type: 'folder' as const, path: ['root'] })
  yield { type: 'file', path: ['root', 'a'], size: 5, content: oneChunk(Buffer.from('hello')) }
  yield { type: 'link', path: ['root', 'b'], target: 'a' }
}
