import type { Libp2p, ServiceMap, Startable } from '@libp2p/interface'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import type { InsightService } from '../api/insight-service.ts'
import type { StorePart } from '../api/insight-snapshot.ts'
import type { PeerService } from '../api/peer-service.ts'
import type { Exchange } from '../exchange.ts'
import { createHashers } from '../hashing/hashers.ts'
import type { BitswapOptionsInit } from '../options.ts'
import type { Settings } from './config/config.ts'
import { startAutoCollector } from './auto-collector.ts'
import { BootstrapList } from './connectivity/bootstrap-list.ts'
import { hardLimit } from './connectivity/connection-trimmer.ts'
import { Connectivity } from './connectivity/connectivity.ts'
import { checkPrivacy } from './connectivity/private-network.ts'
import { componentLog } from './log/component-log.ts'
import { quieten, startLibp2p } from './connectivity/start-libp2p.ts'
import { parseSwarmKey, readSwarmKey, type SwarmKey } from './connectivity/swarm-key.ts'
import { createBitswap, type CreateBitswapInit } from './create-bitswap.ts'
import type { BaseServices } from './libp2p-defaults.ts'
import { httpOptions } from './http-retrieval.ts'
import { chooseListenAddresses } from './listen.ts'
import { LiveSettings, type LiveParts } from './live-settings.ts'
import { LocalConfig } from './local-config.ts'
import { LocalLog } from './local-log.ts'
import { agentVersion, LocalService } from './local-service.ts'
import type { PeerInit, PlainInit } from './peer-init.ts'
import { PeerRouting } from './peer-routing.ts'
import { openPeerStores, type PeerStores } from './peer-stores.ts'
import { repoBootstrapList } from './repo-bootstrap-list.ts'
import { policySaver } from './repo-policy.ts'
import type { Repo } from './repo.ts'
import { shownStore } from './shown-store.ts'

/** A whole peer: libp2p, stores and bitswap with the daemon's defaults. */
export interface Peer<S extends ServiceMap = BaseServices> {
  /** The application may handle protocols of its own on it: `peer.libp2p.handle(…)`. */
  readonly libp2p: Libp2p<S & BaseServices>
  readonly blockstore: InterfaceBlockstore
  readonly datastore: Datastore
  readonly bitswap: Exchange
  /** Files, blocks, connections and figures, as the command line and the HTTP API offer them. */
  readonly service: PeerService & { readonly insight: InsightService }
  readonly repo: Repo | undefined
  /** Fingerprint of the key of a private swarm; undefined in public. */
  readonly swarmKeyFingerprint: string | undefined
  /** Leaves the network and closes what was opened. A stopped peer stays stopped; calling it twice is harmless. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Makes a peer and starts it. Whatever fails, nothing is left open. */
export async function createPeer<S extends ServiceMap = BaseServices>(init: PeerInit<S> = {}): Promise<Peer<S>> {
  const hashers = await createHashers()
  const stores = await openPeerStores(init, hashers)
  const closers: (() => Promise<void>)[] = [async () => await stores.repo?.close()]
  try {
    const swarmKey = await findSwarmKey(init, stores)
    const libp2p = await startPeerLibp2p(init, stores, swarmKey)
    closers.unshift(async () => await libp2p.stop())
    const { blockstore, datastore, keeping } = stores
    // Peers are kept once bitswap runs.
    const peering: { kept?: Connectivity['kept'] } = {}
    const routing = createRouting(init, stores, libp2p, swarmKey)
    const isPeered = (peer: string): boolean => peering.kept?.has(peer) === true
    const http = httpOptions(stores.settings, swarmKey !== undefined)
    const bitswap = createPeerBitswap(init, stores, libp2p, routing, { isPeered, http })
    await bitswap.start()
    closers.unshift(async () => await bitswap.stop())
    const bootstrap = bootstrapList(stores)
    const connectivity = new Connectivity({
      libp2p,
      settings: stores.settings,
      bootstrap,
      isDialling: init.quiet !== true,
      privateSwarm: swarmKey && { fingerprint: swarmKey.fingerprint, warn: init.warn ?? (() => undefined) }
    })
    peering.kept = connectivity.kept
    closers.unshift(async () => await connectivity.stop())
    await connectivity.start()
    closers.unshift(async () => await routing.stop())
    await routing.start()
    const automatic = init.collectGarbage === true ? startAutoCollector(keeping, stores.storage) : undefined
    closers.unshift(async () => await automatic?.stop())
    const stop = once(async () => await closeAll(closers))
    const service = new LocalService({
      root: stores.repo?.paths.root ?? '',
      storageMax: stores.repo?.config.storage.storageMax ?? '',
      peerId: libp2p.peerId,
      blockstore,
      blocks: stores.blocks,
      keeping,
      automatic,
      hashers,
      bootstrap,
      savePolicy: policySaver(stores.repo),
      config: configOf(stores, { libp2p, exchange: bitswap, connectivity, bootstrap, log: init.log?.sink }),
      log: init.log && new LocalLog(init.log.sink),
      shown: { store: () => shownStoreOf(stores) },
      online: {
        libp2p,
        exchange: bitswap,
        connectivity,
        routing,
        maxConnections: hardLimit(stores.settings.swarm.connections),
        isQuiet: init.quiet,
        isServing: stores.settings.bitswap.options.engine?.enabled,
        swarmKeyFingerprint: swarmKey?.fingerprint
      },
      shutdown: init.shutdown ?? (() => void stop())
    })
    const { repo } = stores
    const swarmKeyFingerprint = swarmKey?.fingerprint
    const end = { stop, [Symbol.asyncDispose]: stop }
    return { libp2p, blockstore, datastore, bitswap, service, repo, swarmKeyFingerprint, ...end }
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

async function startPeerLibp2p<S extends ServiceMap>(
  init: PeerInit<S>,
  stores: PeerStores,
  swarmKey: SwarmKey | undefined
): Promise<Libp2p<S & BaseServices>> {
  const { privateKey, datastore, repo } = stores
  const settings = init.quiet === true ? quieten(stores.settings) : stores.settings
  const where = repo === undefined ? 'the listen addresses' : `Addresses.Swarm of ${repo.paths.config}`
  const choice = await chooseListenAddresses(stores.listen, where, settings.swarm.transports)
  for (const { address, reason } of choice.skipped) init.warn?.(`not listening on ${address}: ${reason}`)
  return await startLibp2p({
    settings,
    listen: choice.listen,
    privateKey,
    datastore,
    userAgent: agentVersion(),
    swarmKey,
    overrides: init.libp2p,
    logger: init.log && componentLog(init.log.sink),
    services: init.services
  })
}

/** The config file of a repo, whose changes take hold here as far as they can. */
function configOf({ repo, settings }: PeerStores, parts: Omit<LiveParts, 'settings'>): LocalConfig | undefined {
  if (repo === undefined) return undefined
  const live = new LiveSettings({ ...parts, settings })
  return new LocalConfig({ config: repo.config, apply: (keys, next) => live.apply(keys, next) })
}

function shownStoreOf({ repo, storage }: PeerStores): Partial<StorePart> {
  return repo === undefined || storage === undefined ? {} : shownStore(storage, repo.storeStats())
}

/** The key of the swarm, and the certainty that this peer may start with it, or without. */
async function findSwarmKey(init: PlainInit, { repo, settings }: PeerStores): Promise<SwarmKey | undefined> {
  const where = repo?.paths.swarmKey ?? 'the option swarmKey'
  const given = init.swarmKey === undefined ? undefined : parseSwarmKey(init.swarmKey, where)
  const key = repo === undefined ? given : await readSwarmKey(where)
  checkPrivacy(key, settings, where)
  return key
}

/** Without a repo, a change of the list lasts as long as the peer. */
function bootstrapList({ repo, settings }: PeerStores): BootstrapList {
  if (repo !== undefined) return repoBootstrapList(repo)
  return new BootstrapList({ initial: settings.discovery.bootstrap, save: () => Promise.resolve() })
}

function createRouting(
  init: PlainInit,
  { settings, blockstore, blocks, datastore, keeping, repo }: PeerStores,
  libp2p: Libp2p,
  swarmKey: SwarmKey | undefined
): PeerRouting {
  return new PeerRouting({
    libp2p,
    settings,
    blockstore,
    blocks,
    datastore,
    pinner: keeping.pinner,
    quiet: init.quiet === true,
    isPrivate: swarmKey !== undefined,
    where: repo?.paths.config ?? 'the option config'
  })
}

function createPeerBitswap(
  init: PlainInit,
  { blockstore, datastore, settings }: PeerStores,
  libp2p: Libp2p,
  { finder, blockStored: onStored }: PeerRouting,
  more: Pick<CreateBitswapInit, 'isPeered' | 'http'>
): Exchange & Startable {
  const { strategy, network } = init
  const policy = { ...init.policy, rules: [...settings.bitswap.rules, ...(init.policy?.rules ?? [])] }
  const options = exchangeOptions(init, settings)
  const bitswap = createBitswap({
    libp2p,
    blockstore,
    datastore,
    finder,
    options,
    policy,
    onStored,
    strategy: strategy ?? settings.bitswap.strategy,
    network,
    ...more
  })
  for (const { peer, ...rates } of settings.bitswap.peerLimits) bitswap.limits.setPeer(peer, rates)
  return bitswap
}

/** What the caller says, group by group, goes before what the config says. */
function exchangeOptions({ options = {} }: PlainInit, { bitswap }: Settings): BitswapOptionsInit {
  const groups = new Set([...Object.keys(bitswap.options), ...Object.keys(options)]) as Set<keyof BitswapOptionsInit>
  return Object.fromEntries([...groups].map((group) => [group, { ...bitswap.options[group], ...options[group] }]))
}

/** Closes in order; one that fails does not keep the next from closing. The first failure is told. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of closers) {
    try {
      await close()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}
