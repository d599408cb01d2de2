import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { isUnix } from '../../src/api/api-address.ts'
import { startDaemon, type Daemon } from '../../src/node/daemon.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { configure, type Settings } from './configure.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export interface OpenDaemon {
  readonly daemon: Daemon
  readonly root: string
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly id: string
}

/**
 * A daemon of this process that asks for no token, on a port of its own. It ends with the test. `settings`: groups of its
 * config, over those of the profile `test`.
 */
export async function openDaemon(settings: Settings = {}): Promise<OpenDaemon> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  await configure(root, settings)
  const daemon = await startDaemon({ root, warn: () => undefined })
  onTestFinished(() => daemon.stop())
  if (isUnix(daemon.api)) throw new Error('it listens on a port')
  return { daemon, root, url: `http://127.0.0.1:${daemon.api.port}`, id: daemon.peer.libp2p.peerId.toString() }
}
