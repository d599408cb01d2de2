import type { Libp2p, ServiceMap, Startable } from '@libp2p/interface'
import type { Exchange } from '../exchange.ts'
import type { BitswapOptionsInit } from '../options.ts'
import { startAutoCollector, type AutoCollector } from './keeping/auto-collector.ts'
import type { Closers } from './closers.ts'
import type { Settings } from './config/schema.ts'
import { BootstrapList } from './connectivity/bootstrap-list.ts'
import { Connectivity } from './connectivity/connectivity.ts'
import { checkPrivacy } from './connectivity/private-network.ts'
import { quieten, startLibp2p } from './connectivity/start-libp2p.ts'
import { parseSwarmKey, readSwarmKey, type SwarmKey } from './connectivity/swarm-key.ts'
import { keepPrivate } from './connectivity/swarm-mark.ts'
import { createBitswap, type CreateBitswapInit } from './create-bitswap.ts'
import { httpOptions } from './http-retrieval.ts'
import type { BaseServices } from './libp2p/libp2p-defaults.ts'
import { assertReachable, chooseListenAddresses } from './libp2p/listen.ts'
import { agentVersion } from './service/local-service.ts'
import { componentLog } from './log/component-log.ts'
import type { PeerInit, PlainInit } from './peer-init.ts'
import { PeerRouting } from './routing/peer-routing.ts'
import type { PeerStores } from './peer-stores.ts'
import { repoBootstrapList } from './repo/repo-bootstrap-list.ts'

/** What runs on the stores of a peer. */
export interface RunningParts<L extends Libp2p = Libp2p> {
  readonly libp2p: L
  readonly bitswap: Exchange
  readonly bootstrap: BootstrapList
  readonly connectivity: Connectivity
  readonly routing: PeerRouting
  /** Undefined where nothing is removed without being asked to. */
  readonly automatic: AutoCollector | undefined
  /** Undefined in public. */
  readonly swarmKey: SwarmKey | undefined
}

/** Starts libp2p, bitswap on it, and what keeps both connected. Where it fails, `closers` know all that was started. */
export async function startPeer<S extends ServiceMap>(
  init: PeerInit<S>,
  stores: PeerStores,
  closers: Closers
): Promise<RunningParts<Libp2p<S & BaseServices>>> {
  const swarmKey = await findSwarmKey(init, stores)
  const libp2p = await startPeerLibp2p(init, stores, swarmKey)
  closers.add(async () => await libp2p.stop())
  // Peers are kept once bitswap runs.
  const peering: { kept?: Connectivity['kept'] } = {}
  const routing = createRouting(init, stores, libp2p, swarmKey)
  const isPeered = (peer: string): boolean => peering.kept?.has(peer) === true
  const http = httpOptions(stores.settings, swarmKey !== undefined)
  const bitswap = createPeerBitswap(init, stores, libp2p, routing, { isPeered, http })
  await bitswap.start()
  closers.add(async () => await bitswap.stop())
  const bootstrap = bootstrapList(stores)
  const connectivity = new Connectivity({
    libp2p,
    settings: stores.settings,
    bootstrap,
    isDialling: init.quiet !== true,
    privateSwarm: swarmKey && { fingerprint: swarmKey.fingerprint, warn: init.warn ?? (() => undefined) }
  })
  peering.kept = connectivity.kept
  closers.add(async () => await connectivity.stop())
  await connectivity.start()
  closers.add(async () => await routing.stop())
  await routing.start()
  const automatic = startCollecting(init, stores)
  closers.add(async () => await automatic?.stop())
  return { libp2p, bitswap, bootstrap, connectivity, routing, automatic, swarmKey }
}

/** The key of the swarm, and the certainty that this peer may start with it, or without. */
async function findSwarmKey(init: PlainInit, { repo, settings }: PeerStores): Promise<SwarmKey | undefined> {
  const where = repo?.paths.swarmKey ?? 'the option swarmKey'
  const given = init.swarmKey === undefined ? undefined : parseSwarmKey(init.swarmKey, where)
  const key = repo === undefined ? given : await readSwarmKey(where)
  if (repo !== undefined) await keepPrivate(repo.paths, key)
  checkPrivacy(key, settings, where)
  return key
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
  if (init.listen !== undefined) assertReachable(choice)
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

/** Without a repo, a change of the list lasts as long as the peer. */
function bootstrapList({ repo, settings }: PeerStores): BootstrapList {
  if (repo !== undefined) return repoBootstrapList(repo)
  return new BootstrapList({ initial: settings.discovery.bootstrap, save: () => Promise.resolve() })
}

function startCollecting(
  { collectGarbage, log }: PlainInit,
  { keeping, storage }: PeerStores
): AutoCollector | undefined {
  return collectGarbage === true ? startAutoCollector(keeping, storage, log?.sink.logger('barter')) : undefined
}
