import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where the parts of a repo lie. Names are Kubo's, so that its users find their way. */
export interface RepoPaths {
  readonly root: string
  readonly config: string
  readonly version: string
  readonly datastoreSpec: string
  readonly blocks: string
  readonly datastore: string
  readonly api: string
  readonly gateway: string
  /** What its owner shows to command the daemon. */
  readonly apiToken: string
  readonly swarmKey: string
  /** The fingerprint of the swarm key that this peer started with. */
  readonly swarmMark: string
}

/** The repo of this user: `IPFS_PATH`, else `BARTER_PATH`, else `~/.barter`. */
export function defaultRepoPath(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = [env.IPFS_PATH, env.BARTER_PATH].find((path) => path !== undefined && path !== '')
  if (chosen === undefined) return join(homedir(), '.barter')
  return resolve(chosen.replace(/^~(?=$|\/)/u, homedir()))
}

export function repoPaths(root: string): RepoPaths {
  return {
    root,
    config: join(root, 'config'),
    version: join(root, 'version'),
    datastoreSpec: join(root, 'datastore_spec'),
    blocks: join(root, 'blocks'),
    datastore: join(root, 'datastore'),
    api: join(root, 'api'),
    gateway: join(root, 'gateway'),
    apiToken: join(root, 'api-token'),
    swarmKey: join(root, 'swarm.key'),
    swarmMark: join(root, 'swarm.fingerprint')
  }
}
