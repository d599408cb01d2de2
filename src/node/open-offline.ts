import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { PeerService } from '../api/peer-service.ts'
import { NodeHashers } from '../hashing/hashers.ts'
import { openKeeping } from './keeping.ts'
import { LocalConfig } from './local-config.ts'
import { LocalService } from './local-service.ts'
import { repoBootstrapList } from './repo-bootstrap-list.ts'
import { openRepo, type OpenRepoOptions } from './repo.ts'
import { shownStore } from './shown-store.ts'
import { toBlockstorePort } from '../storage/blockstore-port.ts'

export { OfflineError } from './local-service.ts'

/** A repo without its network side, for commands that need no peers. */
export async function openOffline(
  root: string,
  warn: (message: string) => void,
  settings: Pick<OpenRepoOptions, 'overrides' | 'waitForLockMs'> = {}
): Promise<{ service: PeerService; close: () => Promise<void> }> {
  const hashers = new NodeHashers()
  await hashers.load()
  const repo = await openRepo(root, { hashers, warn, ...settings })
  const { config } = repo
  const keeping = openKeeping(repo.blockstore, repo.blocks, repo.datastore)
  const service = new LocalService({
    root,
    storageMax: config.storage.storageMax,
    peerId: peerIdFromPrivateKey(repo.privateKey),
    blockstore: keeping.blocks,
    blocks: toBlockstorePort(keeping.blocks),
    keeping,
    hashers,
    config: new LocalConfig({ config }),
    shown: { store: () => shownStore(config.storage, repo.storeStats()) },
    bootstrap: repoBootstrapList(repo),
    online: undefined
  })
  return { service, close: () => repo.close() }
}
