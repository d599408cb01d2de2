import { access, mkdir, readdir } from 'node:fs/promises'
import { InvalidParametersError } from '../../errors.ts'
import { defaultConfig } from '../config/default-config.ts'
import { parseConfig, writeConfig } from '../config/config.ts'
import { datastoreSpec } from './data-spec.ts'
import { diskTrouble, initTrouble } from './disk-trouble.ts'
import { createIdentity, type Identity } from './identity.ts'
import { writeApiToken } from './api-token.ts'
import { withFreePorts, type MovedPort } from './free-ports.ts'
import { applyProfiles } from './profiles.ts'
import { RepoError, systemCode } from './repo-error.ts'
import { repoPaths } from './repo-path.ts'
import { isUsed } from './repo-use.ts'
import { REPO_VERSION } from './repo-version.ts'
import { writeFileAtomic } from './write-file.ts'

export interface RepoInit {
  /** Names of profiles, with commas between them. */
  readonly profile?: string
  /** Instead of ports that are taken, free ones are written into the config, and told of here; without, they stay. */
  readonly onBusyPorts?: (moved: readonly MovedPort[]) => void
}

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
  const planned = applyProfiles(defaultConfig(identity), init.profile ?? '')
  const { config, moved } = init.onBusyPorts ? await withFreePorts(planned) : { config: planned, moved: [] }
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
  if (moved.length > 0) init.onBusyPorts?.(moved)
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
