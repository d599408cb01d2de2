import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { MemoryDatastore } from 'datastore-core'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import type { Blockstore, Hashers } from '../ports.ts'
import { toBlockstorePort } from '../storage/blockstore-port.ts'
import { MemoryBlockstore } from '../storage/memory-blockstore.ts'
import { readSettings } from './config/config.ts'
import type { Settings } from './config/schema.ts'
import { secretsOf } from './config/secrets.ts'
import type { StorageConfig } from './config/storage-section.ts'
import { openKeeping, type Keeping } from './keeping/keeping.ts'
import type { PlainInit } from './peer-init.ts'
import { openRepo, type Repo } from './repo/repo.ts'

/** What a peer stands on: its stores, its settings, its identity. */
export interface PeerStores {
  /** From which nothing is removed that somebody has in hand. */
  readonly blockstore: InterfaceBlockstore
  /** The same blocks, as the exchange sees them. */
  readonly blocks: Blockstore
  readonly keeping: Keeping
  readonly datastore: Datastore
  readonly privateKey: PrivateKey
  readonly listen: readonly string[]
  readonly settings: Settings
  readonly storage: StorageConfig | undefined
  readonly repo: Repo | undefined
}

type Found = Omit<PeerStores, 'keeping'>

/** Where a peer without a repo listens. */
const LOOPBACK = ['/ip4/127.0.0.1/tcp/0']

export async function openPeerStores(init: PlainInit, hashers: Hashers): Promise<PeerStores> {
  const found = init.repo === undefined ? await inMemory(init) : await ofRepo(init, init.repo, hashers)
  const keeping = openKeeping(found.blockstore, found.blocks, found.datastore, init.warn)
  return { ...found, keeping, blockstore: keeping.blocks, blocks: toBlockstorePort(keeping.blocks) }
}

async function inMemory(init: PlainInit): Promise<Found> {
  const settings = withRouting(readSettings(init.config ?? {}, 'of the peer'), init)
  const { swarm } = settings.addresses
  const blockstore = init.blockstore ?? new MemoryBlockstore()
  return {
    blockstore,
    blocks: toBlockstorePort(blockstore),
    datastore: init.datastore ?? new MemoryDatastore(),
    privateKey: init.privateKey ?? (await generateKeyPair('Ed25519')),
    listen: init.listen ?? (swarm.length > 0 ? swarm : LOOPBACK),
    settings,
    storage: undefined,
    repo: undefined
  }
}

async function ofRepo(init: PlainInit, root: string, hashers: Hashers): Promise<Found> {
  const logger = init.log?.sink.logger('barter')
  const { overrides, waitForLockMs, warn } = init
  const repo = await openRepo(root, {
    hashers,
    overrides,
    waitForLockMs,
    ...(logger && { logger }),
    ...(warn && { warn })
  })
  const { blockstore, blocks, datastore, privateKey, config } = repo
  init.log?.configure(config.log, repo.paths.root, secretsOf(config.merged))
  return {
    blockstore,
    blocks,
    datastore,
    privateKey,
    listen: init.listen ?? config.addresses.swarm,
    settings: withRouting(config, init),
    storage: config.storage,
    repo
  }
}

function withRouting(settings: Settings, { routing: type }: PlainInit): Settings {
  return type === undefined ? settings : { ...settings, routing: { ...settings.routing, type } }
}
