import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { MemoryDatastore } from 'datastore-core'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import { createLibp2p } from 'libp2p'
import type { PeerService } from '../api/peer-service.ts'
import type { Strategy } from '../engine/strategy.ts'
import type { Exchange } from '../exchange.ts'
import { createHashers } from '../hashing/hashers.ts'
import type { BitswapOptionsInit } from '../options.ts'
import type { Hashers } from '../ports.ts'
import { toBlockstorePort } from '../storage/blockstore-port.ts'
import { MemoryBlockstore } from '../storage/memory-blockstore.ts'
import { createBitswap } from './create-bitswap.ts'
import { libp2pDefaults, type Libp2pDefaultsOptions } from './libp2p-defaults.ts'
import { chooseListenAddresses } from './listen.ts'
import { agentVersion, LocalService } from './local-service.ts'
import { openRepo, type Repo } from './repo.ts'

export interface PeerInit {
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
  readonly libp2p?: Omit<Libp2pDefaultsOptions, 'listen' | 'privateKey'>
  readonly options?: BitswapOptionsInit
  readonly strategy?: Strategy | string
  /** Told what was skipped or put right on the way. */
  readonly warn?: (message: string) => void
  /** What `service.shutdown()` does; by default it stops this peer. */
  readonly shutdown?: () => void
}

/** A whole peer: libp2p, stores and bitswap with the daemon's defaults. */
export interface Peer {
  readonly libp2p: Libp2p
  readonly blockstore: InterfaceBlockstore
  readonly datastore: Datastore
  readonly bitswap: Exchange
  /** Files, blocks, connections and figures, as the command line and the HTTP API offer them. */
  readonly service: PeerService
  readonly repo: Repo | undefined
  /** Leaves the network and closes what was opened. A stopped peer stays stopped; calling it twice is harmless. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Where a peer without a repo listens. */
const LOOPBACK = ['/ip4/127.0.0.1/tcp/0']

interface Stores {
  readonly blockstore: InterfaceBlockstore
  readonly datastore: Datastore
  readonly privateKey: PrivateKey
  readonly listen: readonly string[]
  readonly repo: Repo | undefined
}

/** Makes a peer and starts it. Whatever fails, nothing is left open. */
export async function createPeer(init: PeerInit = {}): Promise<Peer> {
  const hashers = await createHashers()
  const stores = await openStores(init, hashers)
  const closers: (() => Promise<void>)[] = [async () => await stores.repo?.close()]
  try {
    const libp2p = await startLibp2p(init, stores)
    closers.unshift(async () => await libp2p.stop())
    const { blockstore, datastore } = stores
    const options = exchangeOptions(init, stores.repo)
    const bitswap = createBitswap({ libp2p, blockstore, datastore, options, strategy: init.strategy })
    await bitswap.start()
    closers.unshift(async () => await bitswap.stop())
    const stop = once(async () => await closeAll(closers))
    const service = new LocalService({
      root: stores.repo?.paths.root ?? '',
      storageMax: stores.repo?.config.storage.storageMax ?? '',
      peerId: libp2p.peerId,
      blockstore,
      blocks: stores.repo?.blocks ?? toBlockstorePort(blockstore),
      hashers,
      online: { libp2p, exchange: bitswap },
      shutdown: init.shutdown ?? (() => void stop())
    })
    return { libp2p, blockstore, datastore, bitswap, service, repo: stores.repo, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

async function openStores(init: PeerInit, hashers: Hashers): Promise<Stores> {
  if (init.repo === undefined) {
    return {
      blockstore: init.blockstore ?? new MemoryBlockstore(),
      datastore: init.datastore ?? new MemoryDatastore(),
      privateKey: init.privateKey ?? (await generateKeyPair('Ed25519')),
      listen: init.listen ?? LOOPBACK,
      repo: undefined
    }
  }
  const repo = await openRepo(init.repo, { hashers, ...(init.warn && { warn: init.warn }) })
  const { blockstore, datastore, privateKey, config } = repo
  return { blockstore, datastore, privateKey, listen: init.listen ?? config.addresses.swarm, repo }
}

async function startLibp2p(init: PeerInit, { listen, privateKey, datastore, repo }: Stores): Promise<Libp2p> {
  const where = repo === undefined ? 'the listen addresses' : `Addresses.Swarm of ${repo.paths.config}`
  const choice = await chooseListenAddresses(listen, where)
  for (const { address, reason } of choice.skipped) init.warn?.(`not listening on ${address}: ${reason}`)
  const defaults = libp2pDefaults({ ...init.libp2p, listen: choice.listen, privateKey })
  return await createLibp2p({
    ...defaults,
    addresses: { ...defaults.addresses, ...announced(repo) },
    nodeInfo: { userAgent: agentVersion() },
    datastore
  })
}

function announced(repo: Repo | undefined) {
  if (repo === undefined) return {}
  const { announce, appendAnnounce, noAnnounce } = repo.config.addresses
  return { announce: [...announce], appendAnnounce: [...appendAnnounce], noAnnounce: [...noAnnounce] }
}

function exchangeOptions({ options = {} }: PeerInit, repo: Repo | undefined): BitswapOptionsInit {
  if (repo === undefined || repo.config.bitswap.serverEnabled) return options
  return { ...options, engine: { ...options.engine, enabled: false } }
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
