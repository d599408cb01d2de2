import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { PeerService } from '../../api/service/peer-service.ts'
import { StoreError } from '../../errors.ts'
import { NodeHashers } from '../../hashing/hashers.ts'
import { toBlockstorePort } from '../../storage/blockstore-port.ts'
import { ClosedBlockstore } from '../../storage/closed-blockstore.ts'
import { ClosedDatastore } from '../../storage/closed-datastore.ts'
import { checkOwner } from '../repo/data-place.ts'
import { openKeeping } from '../keeping/keeping.ts'
import { LocalConfig, type Exclusively } from './local-config.ts'
import { LocalService } from './local-service.ts'
import { repoBootstrapList } from '../repo/repo-bootstrap-list.ts'
import { lockRepo, openRepo, readRepo, type OpenRepoOptions, type Repo } from '../repo/repo.ts'
import { damageSince, shownStore } from './shown-store.ts'

interface Opened {
  readonly service: PeerService
  readonly close: () => Promise<void>
}

type Warn = (message: string) => void
type Settings = Pick<OpenRepoOptions, 'overrides' | 'waitForLockMs'>

/** A repo without its network side, for commands that need no peers. */
export async function openOffline(root: string, warn: Warn, settings: Settings = {}): Promise<Opened> {
  const hashers = await loadHashers()
  const repo = await openRepo(root, { hashers, warn, ...settings })
  const { config } = repo
  return { service: serviceOf({ ...repo, warn }, hashers, new LocalConfig({ config })), close: () => repo.close() }
}

/**
 * The settings of a repo whose stores stay closed, whatever they are like: they can be seen and changed, by one process at a
 * time. Whoever asks for blocks is told `why` there are none.
 */
export async function openSettings(root: string, settings: Settings = {}, why: Error = CLOSED): Promise<Opened> {
  const { overrides, waitForLockMs = 0 } = settings
  const described = await readRepo(root, overrides)
  const exclusively: Exclusively = async (run) => {
    await checkOwner(described.paths)
    const lock = await lockRepo(root, waitForLockMs)
    try {
      return await run()
    } finally {
      await lock.release()
    }
  }
  const blockstore = new ClosedBlockstore(why)
  const stores = { blockstore, blocks: toBlockstorePort(blockstore), datastore: new ClosedDatastore(why) }
  const repo = { ...described, ...stores, storeStats: () => [] }
  const config = new LocalConfig({ config: described.config, exclusively })
  return { service: serviceOf(repo, await loadHashers(), config, exclusively), close: () => Promise.resolve() }
}

/** As far as a repo can be looked at: one whose stores cannot be opened says why, to whoever asks for them. */
export async function openForDoctor(root: string, warn: Warn, settings: Settings = {}): Promise<Opened> {
  try {
    return await openOffline(root, warn, settings)
  } catch (error) {
    return await openSettings(root, settings, error instanceof Error ? error : CLOSED)
  }
}

const CLOSED = new StoreError('the stores of this repo are not open')

async function loadHashers(): Promise<NodeHashers> {
  const hashers = new NodeHashers()
  await hashers.load()
  return hashers
}

function serviceOf(
  repo: Omit<Repo, 'close'> & { readonly warn?: Warn },
  hashers: NodeHashers,
  local: LocalConfig,
  exclusively?: Exclusively
): LocalService {
  const { config, paths, privateKey } = repo
  const keeping = openKeeping(repo.blockstore, repo.blocks, repo.datastore, repo.warn)
  return new LocalService({
    root: paths.root,
    storageMax: config.storage.storageMax,
    peerId: peerIdFromPrivateKey(privateKey),
    blockstore: keeping.blocks,
    blocks: toBlockstorePort(keeping.blocks),
    keeping,
    hashers,
    config: local,
    shown: {
      store: () => shownStore(config.storage, repo.storeStats()),
      damageSince: () => damageSince(repo.storeStats())
    },
    bootstrap: repoBootstrapList(repo, exclusively),
    online: undefined
  })
}
