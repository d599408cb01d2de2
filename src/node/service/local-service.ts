import { arch, platform } from 'node:process'
import type { PeerId } from '@libp2p/interface'
import { parseBytes } from '../../api/formats/byte-size.ts'
import type { IdInfo } from '../../api/service/id-info.ts'
import type * as Service from '../../api/service/peer-service.ts'
import type { ReadOptions } from '../../api/service/read-options.ts'
import type { InsightService } from '../../api/service/insight-service.ts'
import type { NetworkService } from '../../api/service/network-service.ts'
import type { ConfigService } from '../../api/service/config-service.ts'
import type { LogService } from '../../api/service/log-service.ts'
import type { PolicyService } from '../../api/service/policy-service.ts'
import type { RoutingService } from '../../api/service/routing-service.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import type { AbortOptions } from '../../ports.ts'
import type { AutoCollector } from '../keeping/auto-collector.ts'
import type { BootstrapList } from '../connectivity/bootstrap-list.ts'
import { LocalContent, type ContentParts } from './local-content.ts'
import { localContents, type LocalContents } from './local-contents.ts'
import { OfflineError } from './offline-error.ts'
import { LocalDiagnostics } from './local-diagnostics.ts'
import { createInsight, type InsightInit, type OnlineParts } from '../insight/create-insight.ts'
import { StoreCounts } from '../insight/store-counts.ts'
import { LocalNetwork } from './local-network.ts'
import { LocalPolicy, type LocalPolicyParts } from './local-policy.ts'
import { packageVersion } from '../package-version.ts'
import { refusalOf } from './refusal.ts'
import { REPO_VERSION } from '../repo/repo-version.ts'
import { describePeer, parsePeer, Swarm } from '../libp2p/swarm.ts'

export interface LocalServiceParts extends Omit<ContentParts, 'exchange' | 'provided'> {
  /** Undefined where nothing is removed without being asked to. */
  readonly automatic?: AutoCollector | undefined
  /** Where the repo lies; empty for a peer that keeps nothing. */
  readonly root: string
  /** `Datastore.StorageMax` of the config, empty for none. */
  readonly storageMax: string
  readonly peerId: PeerId
  /** The peers to begin with. */
  readonly bootstrap: BootstrapList
  /** What is beside the exchange and libp2p to be looked at. */
  readonly shown?: Pick<InsightInit, 'log' | 'store' | 'damageSince' | 'refused'> | undefined
  /** The config file; left out by a peer that has none. */
  readonly config?: ConfigService | undefined
  /** The log of the process, where this peer has a say in it. */
  readonly log?: LogService | undefined
  /** The network side; without it, commands that need peers fail with `OfflineError`. */
  readonly online:
    | (OnlineParts & {
        /** Connections at most. */
        readonly maxConnections: number | undefined
      })
    | undefined
  /** Keeps the rules on who gets what for the next start; left out by who keeps nothing. */
  readonly savePolicy?: LocalPolicyParts['save']
  /** Ends the process that serves this; left out by who does not serve others. */
  readonly shutdown?: () => void
}

/** The peer of this process, as a service. */
export class LocalService implements Service.PeerService {
  readonly #parts: LocalServiceParts
  readonly #content: LocalContent
  readonly #counts: StoreCounts
  readonly contents: LocalContents
  readonly diagnostics: LocalDiagnostics
  #insight: InsightService | undefined

  constructor(parts: LocalServiceParts) {
    this.#parts = parts
    this.diagnostics = new LocalDiagnostics({ ...parts, isOnline: parts.online !== undefined })
    const provided = parts.online?.routing.provided
    this.#content = new LocalContent({ ...parts, exchange: parts.online?.exchange, provided })
    this.#counts = new StoreCounts({ count: () => this.#content.usage(), now: Date.now })
    this.contents = localContents({ ...parts, exchange: parts.online?.exchange, provided })
  }

  get policy(): PolicyService {
    const { savePolicy } = this.#parts
    return new LocalPolicy({ exchange: () => this.#exchange(), save: savePolicy ?? (() => Promise.resolve()) })
  }

  get config(): ConfigService {
    if (this.#parts.config === undefined) throw new InvalidParametersError('this peer has no config file')
    return this.#parts.config
  }

  get log(): LogService {
    if (this.#parts.log === undefined) throw new OfflineError()
    return this.#parts.log
  }

  /** Made when somebody looks for the first time. */
  get insight(): InsightService {
    const { shown, log, config, ...parts } = this.#parts
    const settings = config && (async () => await config.effective())
    const { diagnostics } = this
    const gc: InsightInit['gc'] = () => this.contents.store.gcStatus()
    const damaged: InsightInit['damaged'] = (options) => this.contents.store.damaged(options)
    const more = { gc, damaged, settings, log, counts: this.#counts, diagnostics, agent: agentVersion() }
    return (this.#insight ??= createInsight({ ...parts, ...more, ...shown }))
  }

  get network(): NetworkService {
    if (this.#parts.online === undefined) throw new OfflineError()
    return new LocalNetwork(this.#parts.online)
  }

  get routing(): RoutingService {
    if (this.#parts.online === undefined) throw new OfflineError()
    return this.#parts.online.routing.service
  }

  version(): Service.VersionInfo {
    return {
      version: packageVersion(),
      commit: '',
      repo: REPO_VERSION,
      system: `${arch === 'x64' ? 'amd64' : arch}/${platform}`,
      runtime: `node${process.version}`
    }
  }

  async id(peer?: string): Promise<IdInfo> {
    const { online, peerId } = this.#parts
    if (online !== undefined) return await this.#swarm().id(peer, agentVersion())
    if (peer !== undefined && !parsePeer(peer).equals(peerId)) throw new OfflineError()
    return describePeer(peerId, [], agentVersion(), [])
  }

  add(candidates: AsyncIterable<Service.AddCandidate>, options?: Service.AddOptions): AsyncIterable<Service.AddEvent> {
    return this.#content.add(candidates, options)
  }

  cat(paths: string | readonly string[], options?: Service.CatOptions): Promise<Service.CatResult> {
    return this.#content.cat(paths, options)
  }

  get(path: string, options?: ReadOptions): Promise<Service.Tree> {
    return this.#content.get(path, options)
  }

  ls(path: string, options?: Service.ListOptions): AsyncIterable<Service.LinkInfo> {
    return this.#content.ls(path, options)
  }

  blockPut(bytes: Uint8Array, options?: Service.BlockPutOptions): Promise<Service.BlockInfo> {
    return this.#content.blockPut(bytes, options)
  }

  blockGet(path: string, options?: ReadOptions): Promise<Uint8Array> {
    return this.#content.blockGet(path, options)
  }

  blockStat(path: string, options?: ReadOptions): Promise<Service.BlockInfo> {
    return this.#content.blockStat(path, options)
  }

  blockRemove(
    paths: readonly string[],
    options?: AbortOptions & { force?: boolean }
  ): AsyncIterable<Service.RemoveResult> {
    return this.#content.blockRemove(paths, options)
  }

  async swarmConnect(address: string, options?: Service.ConnectOptions): Promise<Service.SwarmResult> {
    return await this.#swarm().connect(address, options)
  }

  async swarmDisconnect(address: string): Promise<Service.SwarmResult> {
    return await this.#swarm().disconnect(address)
  }

  swarmPeers(): readonly Service.SwarmPeer[] {
    return this.#swarm().peers()
  }

  async swarmAddresses(): Promise<ReadonlyMap<string, readonly string[]>> {
    return await this.#swarm().addresses()
  }

  swarmLocalAddresses(options: { id?: boolean } = {}): readonly string[] {
    return this.#swarm().localAddresses(options.id)
  }

  swarmListenAddresses(): readonly string[] {
    return this.#swarm().listenAddresses()
  }

  async peeringAdd(address: string): Promise<Service.SwarmResult> {
    return await this.#swarm().keep(address)
  }

  peeringList(): readonly Service.KeptPeerInfo[] {
    return this.#swarm().kept()
  }

  async peeringRemove(peer: string): Promise<Service.SwarmResult> {
    return await this.#swarm().release(peer)
  }

  bootstrapList(): readonly string[] {
    return this.#parts.bootstrap.list()
  }

  async bootstrapAdd(addresses: readonly string[]): Promise<readonly string[]> {
    const added = await this.#parts.bootstrap.add(addresses)
    this.#parts.online?.connectivity.bootstrapChanged()
    return added
  }

  async bootstrapRemove(addresses: readonly string[] | 'all'): Promise<readonly string[]> {
    const { bootstrap } = this.#parts
    return addresses === 'all' ? await bootstrap.removeAll() : await bootstrap.remove(addresses)
  }

  bitswapStat(): Service.BitswapInfo {
    const { wantlist, partners, ...counters } = this.#exchange().stat()
    return { ...counters, wantlist: wantlist.map(String), peers: partners.map(String).sort() }
  }

  bitswapWantlist(peer?: string): readonly string[] {
    const exchange = this.#exchange()
    const partner = peer === undefined ? this.#parts.peerId : parsePeer(peer)
    const own = partner.equals(this.#parts.peerId)
    const wants = own ? exchange.wantlist() : exchange.wantlistOf(partner)
    return wants.map((want) => want.cid.toString())
  }

  /** A peer that nothing was exchanged with has an empty ledger. */
  bitswapLedger(peer: string): Service.LedgerInfo {
    const id = parsePeer(peer).toString()
    const ledger = this.#exchange().ledger(id)
    return ledger ?? { peer: id, debtRatio: 0, bytesSent: 0, bytesReceived: 0, exchanges: 0 }
  }

  bitswapLedgers(): readonly Service.LedgerInfo[] {
    return this.#exchange().ledgers()
  }

  /** With `sizeOnly` as it was counted lately: a look at every block is what whoever asks for that wants to be spared. */
  async repoStat({ signal, sizeOnly, io }: Service.RepoQuery = {}): Promise<Service.RepoInfo> {
    const { blocks, bytes } = await (sizeOnly === true ? this.#counts.counted({ signal }) : this.#content.usage(signal))
    const { root, storageMax, shown } = this.#parts
    const stores = io === true ? { stores: shown?.store?.().io ?? [] } : {}
    const version = `fs-repo@${REPO_VERSION}`
    return { path: root, version, size: bytes, storageMax: parseBytes(storageMax), blocks, ...stores }
  }

  shutdown(): void {
    if (this.#parts.shutdown === undefined) throw new OfflineError()
    this.#parts.shutdown()
  }

  #swarm(): Swarm {
    if (this.#parts.online === undefined) throw new OfflineError()
    const { libp2p, connectivity, exchange } = this.#parts.online
    return new Swarm(libp2p, connectivity.kept, (peer) => refusalOf(exchange, peer))
  }

  #exchange(): Exchange {
    if (this.#parts.online === undefined) throw new OfflineError()
    return this.#parts.online.exchange
  }
}

/** How this program names itself to peers. */
export function agentVersion(): string {
  return `barter/${packageVersion()}`
}
