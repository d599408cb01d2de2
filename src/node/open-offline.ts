import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { PeerService } from '../api/peer-service.ts'
import { NodeHashers } from '../hashing/hashers.ts'
import { recordRoots } from './content-providing.ts'
import { LocalService } from './local-service.ts'
import { repoBootstrapList } from './repo-bootstrap-list.ts'
import { openRepo } from './repo.ts'

export { OfflineError } from './local-service.ts'

/** A repo without its network side, for commands that need no peers. */
export async function openOffline(
  root: string,
  warn: (message: string) => void
): Promise<{ service: PeerService; close: () => Promise<void> }> {
  const hashers = new NodeHashers()
  await hashers.load()
  const repo = await openRepo(root, { hashers, warn })
  const { config, blockstore, blocks } = repo
  const service = new LocalService({
    root,
    storageMax: config.storage.storageMax,
    peerId: peerIdFromPrivateKey(repo.privateKey),
    blockstore,
    blocks,
    hashers,
    provided: recordRoots(repo.datastore),
    bootstrap: repoBootstrapList(repo),
    online: undefined
  })
  return { service, close: () => repo.close() }
}
