import type { PrivateKey, ServiceMap } from '@libp2p/interface'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import type { ServiceFactoryMap } from 'libp2p'
import type { PolicyInit } from '../assembly.ts'
import type { Strategy } from '../engine/strategy.ts'
import type { BitswapOptionsInit } from '../options.ts'
import type { Libp2pNetworkOptions } from '../network/libp2p/network-options.ts'
import type { JsonObject } from './config/json.ts'
import type { Override } from './config/override.ts'
import type { RoutingType } from './config/routing-type.ts'
import type { BaseServices, Libp2pDefaultsOptions } from './libp2p/libp2p-defaults.ts'
import type { ProcessLog } from './log/process-log.ts'

/** What a peer is made from; all of it may be left out. */
export interface PeerInit<S extends ServiceMap = BaseServices> {
  /** Directory of a repo made by `initRepo`: its config, identity and stores are used. Without it all is in memory. */
  readonly repo?: string
  /** Instead of blocks in memory. Not with `repo`. */
  readonly blockstore?: InterfaceBlockstore
  /** Instead of metadata in memory. Not with `repo`. */
  readonly datastore?: Datastore
  /** Instead of a new identity. Not with `repo`. */
  readonly privateKey?: PrivateKey
  /** Multiaddrs to listen on. By default those of the repo's config; without a repo, any port on loopback. */
  readonly listen?: readonly string[]
  /** Settings with the keys of the config file. Not with `repo`, which has a config. */
  readonly config?: JsonObject
  /** The content of a `swarm.key` file: only peers with the same key can connect. Not with `repo`, which may hold one. */
  readonly swarmKey?: Uint8Array
  /** Services of the application on the same libp2p node, as `createLibp2p` takes them; found at `peer.libp2p.services`. */
  readonly services?: ServiceFactoryMap<S>
  /** Contact nobody unless asked to: not the bootstrap list, nor peers to keep, nor the local network. */
  readonly quiet?: boolean
  /** Remove what no pin keeps when more is stored than `Datastore.StorageMax` allows. */
  readonly collectGarbage?: boolean | undefined
  /** How providers are found, instead of by `Routing.Type` of the config. */
  readonly routing?: RoutingType | undefined
  readonly libp2p?: Omit<Libp2pDefaultsOptions, 'listen' | 'privateKey'>
  readonly options?: BitswapOptionsInit
  /** Rules beside those of the config, and a function that decides where none denies. */
  readonly policy?: PolicyInit
  /** How bitswap uses libp2p, such as over relayed connections. */
  readonly network?: Partial<Libp2pNetworkOptions>
  readonly strategy?: Strategy | string
  /** What goes before the config of the repo. */
  readonly overrides?: readonly Override[] | undefined
  /** How long to wait for a repo that another process uses. */
  readonly waitForLockMs?: number | undefined
  /** Where all of this peer is logged, libp2p as well; by default as libp2p does it. */
  readonly log?: ProcessLog | undefined
  /** Told what was skipped or put right on the way. */
  readonly warn?: (message: string) => void
  /** What `service.shutdown()` does; by default it stops this peer. */
  readonly shutdown?: () => void
}

/** As far as its services do not matter. */
export type PlainInit = Omit<PeerInit, 'services'>
