import { access, mkdir, readdir } from 'node:fs/promises'
import { InvalidParametersError } from '../../errors.ts'
import { defaultConfig } from '../config/default-config.ts'
import type { JsonObject } from '../config/json.ts'
import { parseConfig, writeConfig } from '../config/config.ts'
import { datastoreSpec } from './data-spec.ts'
import { diskTrouble, initTrouble } from './disk-trouble.ts'
import { createIdentity, type Identity } from './identity.ts'
import { writeApiToken } from './api-token.ts'
import { findFreePort, isPortFree } from '../libp2p/listen.ts'
import { applyProfiles, merge } from './profiles.ts'
import { RepoError, systemCode } from './repo-error.ts'
import { repoPaths } from './repo-path.ts'
import { isUsed } from './repo-use.ts'
import { REPO_VERSION } from './repo-version.ts'
import { writeFileAtomic } from './write-file.ts'

export interface RepoInit {
  /** Names of profiles, with commas between them. */
  readonly profile?: string
  /** Instead of default ports that are taken, take free ones, and keep them. For a first start that must work. */
  readonly avoidBusyPorts?: boolean
}

const SWARM_PORT = 4001
const API_PORT = 5001
const GATEWAY_PORT = 8080

/** Rejects where that cannot be seen: a repo of somebody else is there, too. */
export async function repoExists(root: string): Promise<boolean> {
  try {
    await access(repoPaths(root).config)
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false
    throw diskTrouble(root, error) ?? error
  }
}

/** Makes a new repo, readable by its owner only. The config comes last: with it, the repo exists. */
export async function initRepo(root: string, init: RepoInit = {}): Promise<Identity> {
  const paths = repoPaths(root)
  if (await repoExists(root)) {
    throw new RepoError(
      'ERR_REPO_EXISTS',
      `${root} holds a repo already: use it, or name another directory with --repo-dir. Reinitializing would overwrite its keys`
    )
  }
  await assertEmpty(root)
  if (await isUsed(root)) throw lostConfig(root)
  // Read before anything is written: a mistyped profile must leave nothing behind.
  applyProfiles({}, init.profile ?? '')
  const identity = await createIdentity()
  const plain = defaultConfig(identity)
  const config = applyProfiles(init.avoidBusyPorts === true ? await withFreePorts(plain) : plain, init.profile ?? '')
  const { storage } = parseConfig(JSON.stringify(config), paths.config)
  try {
    await mkdir(root, { recursive: true, mode: 0o700 })
    await mkdir(paths.blocks, { recursive: true, mode: 0o700 })
    await mkdir(paths.datastore, { recursive: true, mode: 0o700 })
    await writeFileAtomic(paths.version, `${REPO_VERSION}\n`, 0o600)
    await writeFileAtomic(paths.datastoreSpec, datastoreSpec(storage), 0o600)
    await writeApiToken(root)
    await writeConfig(paths.config, config)
  } catch (error) {
    throw initTrouble(root, error)
  }
  return identity
}

/** A new config would be a new identity, which nobody takes without being asked. */
export function lostConfig(root: string): RepoError {
  return new RepoError(
    'ERR_REPO_CONFIG',
    `the config of the repo ${root} is missing, and with it the key of its peer: put ${repoPaths(root).config} back from a ` +
      'copy. To begin as another peer, name another directory with --repo-dir'
  )
}

async function assertEmpty(root: string): Promise<void> {
  let names: string[]
  try {
    names = await readdir(root)
  } catch {
    return
  }
  const foreign = names.filter((name) => !OUR_NAMES.has(name))
  if (foreign.length === 0) return
  throw new InvalidParametersError(
    `${root} holds other files (${foreign.slice(0, 3).join(', ')}): set BARTER_PATH to an empty or new directory`
  )
}

/** What a first start that was cut off, or a lock, may have left. */
const OUR_NAMES: ReadonlySet<string> = new Set([
  'blocks',
  'datastore',
  'version',
  'datastore_spec',
  'lock',
  'api-token'
])

async function withFreePorts(config: JsonObject): Promise<JsonObject> {
  const swarm = (await isPortFree(SWARM_PORT, '0.0.0.0')) ? SWARM_PORT : await findFreePort('0.0.0.0')
  const api = (await isPortFree(API_PORT, '127.0.0.1')) ? API_PORT : await findFreePort('127.0.0.1')
  const gateway = (await isPortFree(GATEWAY_PORT, '127.0.0.1')) ? GATEWAY_PORT : await findFreePort('127.0.0.1')
  return merge(config, 'Addresses', {
    Swarm: [`/ip4/0.0.0.0/tcp/${swarm}`],
    API: `/ip4/127.0.0.1/tcp/${api}`,
    Gateway: `/ip4/127.0.0.1/tcp/${gateway}`
  })
}
