import type { ComponentLogger, ContentRouting, Libp2p, Startable } from '@libp2p/interface'
import { serviceDependencies } from '@libp2p/interface'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import type { CID } from 'multiformats/cid'
import { Bitswap } from '../bitswap.ts'
import type { PolicyInit } from '../assembly.ts'
import type { Strategy } from '../engine/strategy.ts'
import { strategyByName } from '../engine/strategies/by-name.ts'
import type { Exchange } from '../exchange.ts'
import { NodeHashers } from '../hashing/hashers.ts'
import { toPeerId } from '../ids.ts'
import { libp2pLogger } from '../network/libp2p/libp2p-logger.ts'
import { Libp2pNetwork } from '../network/libp2p/libp2p-network.ts'
import type { Libp2pNetworkOptions } from '../network/libp2p/network-options.ts'
import { partsOfComponents, partsOfNode, type BitswapComponents, type Libp2pParts } from '../network/libp2p/parts.ts'
import { RoutingFinder } from '../network/libp2p/routing-finder.ts'
import type { BitswapOptionsInit } from '../options.ts'
import type { HttpRetrievalOptions } from '../network/http/http-options.ts'
import { toFinder, type Finder } from '../provider.ts'
import { requireMethods } from '../require-methods.ts'
import { toBlockstorePort } from '../storage/blockstore-port.ts'
import { StoreWithEmptyBlock } from '../storage/empty-block.ts'
import { DatastoreLedgerStore } from '../storage/ledger-store.ts'
import { DatastoreTrustStore } from '../storage/trust-store.ts'
import { WatchedBlockstore } from '../storage/watched-blockstore.ts'
import { withHttp } from './http-retrieval.ts'
import { systemClock } from './system-clock.ts'
import { systemRandom } from './system-random.ts'

/** What an exchange is made of, whoever runs it. */
export interface BitswapInit {
  /** Any `interface-blockstore` 7 store; it is served to other peers. */
  readonly blockstore: InterfaceBlockstore
  /** Where ledgers, and what is known of peers, survive a restart. Without it they end with the process. */
  readonly datastore?: Datastore | undefined
  /** Whom to serve when upload is scarce: a strategy, or the name of one that comes with Barter. `debt-ratio` if left out. */
  readonly strategy?: Strategy | string | undefined
  /** Who provides a block, instead of the content routing of the libp2p node. */
  readonly finder?: Finder | undefined
  /** Who is dealt with, and who gets what; can be changed while it runs. */
  readonly policy?: PolicyInit | undefined
  /** Is this peer to stay connected (`Peering`)? It is asked for blocks that nobody is known to have. */
  readonly isPeered?: ((peer: string) => boolean) | undefined
  /** Told of each block once it is stored, whether it was fetched or put. */
  readonly onStored?: ((cid: CID) => void) | undefined
  readonly options?: BitswapOptionsInit | undefined
  readonly network?: Partial<Libp2pNetworkOptions> | undefined
  /** Fetch blocks from trustless HTTP gateways as well, where a provider has an address of one. Without it, none is asked. */
  readonly http?: Partial<HttpRetrievalOptions> | undefined
}

export interface CreateBitswapInit extends BitswapInit {
  readonly libp2p: Libp2p
}

/** The components of libp2p that the service form needs. */
export type BitswapServiceComponents = BitswapComponents & {
  readonly logger: ComponentLogger
  readonly contentRouting: Pick<ContentRouting, 'findProviders'>
}

/** What is called of a node that exists already. */
const NODE_METHODS = [
  ...['handle', 'unhandle', 'register', 'unregister', 'getConnections', 'dial'],
  ...['addEventListener', 'removeEventListener', 'peerStore.get', 'peerStore.merge'],
  ...['logger.forComponent', 'contentRouting.findProviders']
]

/** An exchange on a libp2p node that exists already. Call `start()` to begin, `stop()` before the node is stopped. */
export function createBitswap(init: CreateBitswapInit): Exchange & Startable {
  const { libp2p } = init
  requireMethods(libp2p, 'the libp2p node', NODE_METHODS)
  requirePorts(init)
  return assemble(init, partsOfNode(libp2p), libp2p.logger, libp2p.contentRouting)
}

/** An exchange as a service of a libp2p node: `createLibp2p({ services: { identify: identify(), bitswap: bitswap({ blockstore }) } })`. */
export function bitswap(init: BitswapInit): (components: BitswapServiceComponents) => Exchange & Startable {
  requirePorts(init)
  return (components) => {
    const service = assemble(init, partsOfComponents(components), components.logger, components.contentRouting)
    return Object.assign(service, { [serviceDependencies]: ['@libp2p/identify'] })
  }
}

function requirePorts({ blockstore, datastore, finder }: BitswapInit): void {
  requireMethods(blockstore, 'the blockstore', ['get', 'has', 'put'])
  if (datastore !== undefined) requireMethods(datastore, 'the datastore', ['query', 'batch'])
  if (finder !== undefined) requireMethods(finder, 'the finder', ['findProviders'])
}

function assemble(
  init: BitswapInit,
  libp2p: Libp2pParts,
  componentLogger: ComponentLogger,
  routing: Pick<ContentRouting, 'findProviders'>
): Bitswap {
  const logger = libp2pLogger(componentLogger, 'barter:bitswap')
  const clock = systemClock
  const hashers = new NodeHashers()
  const { strategy, datastore, options, policy, isPeered, onStored } = init
  const network = new Libp2pNetwork({ libp2p, clock, logger }, init.network)
  const port = toBlockstorePort(init.blockstore, { verifyWith: hashers, logger })
  const blockstore = new StoreWithEmptyBlock(port, hashers)
  return new Bitswap({
    self: toPeerId(libp2p.peerId),
    network: init.http === undefined ? network : withHttp(network, { clock, logger }, init.http),
    blockstore: onStored === undefined ? blockstore : new WatchedBlockstore(blockstore, onStored),
    hashers,
    finder: init.finder === undefined ? new RoutingFinder(routing) : toFinder(init.finder),
    clock,
    logger,
    ledgerStore: datastore === undefined ? undefined : new DatastoreLedgerStore(datastore, logger),
    trustStore: datastore === undefined ? undefined : new DatastoreTrustStore(datastore, logger),
    policy,
    isPeered,
    strategy: typeof strategy === 'string' ? strategyByName(strategy) : strategy,
    random: systemRandom,
    options
  })
}
