import { join } from 'node:path'
import { create, type KuboRPCClient } from 'kubo-rpc-client'
import { onTestFinished } from 'vitest'
import { isUnix } from '../../src/api/api-address.ts'
import { updateConfig } from '../../src/node/config/config.ts'
import { startDaemon, type Daemon } from '../../src/node/daemon.ts'
import { merge } from '../../src/node/repo/profiles.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export interface Started {
  readonly daemon: Daemon
  readonly client: KuboRPCClient
  readonly url: string
  readonly root: string
  readonly id: string
}

/** A daemon of ours, and Kubo's own client for it; `api` is the section of its config. Both end with the test. */
export async function startForKuboClient(api: Record<string, unknown> = {}): Promise<Started> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  await updateConfig(join(root, 'config'), (config) => merge(config, 'API', api))
  const daemon = await startDaemon({ root, warn: () => undefined })
  onTestFinished(() => daemon.stop())
  if (isUnix(daemon.api)) throw new Error('it listens on a port')
  const url = `http://127.0.0.1:${daemon.api.port}/api/v0`
  return { daemon, client: create({ url }), url, root, id: daemon.peer.libp2p.peerId.toString() }
}
