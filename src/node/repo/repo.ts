import { chmod, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { PrivateKey } from '@libp2p/interface'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import { RepoLockedError, StoreError } from '../../errors.ts'
import type { Blockstore, Hashers, Logger } from '../../ports.ts'
import { openBlockstore } from '../../storage/open-storage.ts'
import { placeOfSpec } from '../../storage/storage-spec.ts'
import { acquireRepoLock, type RepoLock } from '../../storage/repo-lock.ts'
import type { StoreStats } from '../../storage/store-stats.ts'
import { readConfig, type Config } from '../config/config.ts'
import type { Override } from '../config/override.ts'
import { readIdentity } from './identity.ts'
import { diskTrouble } from './disk-trouble.ts'
import { reasonOf, RepoError, systemCode } from './repo-error.ts'
import { checkDataPlace, checkOwner, readText } from './data-place.ts'
import { openMetadata } from './open-metadata.ts'
import { lostConfig, repoExists } from './repo-init.ts'
import { REPO_VERSION } from './repo-version.ts'
import { repoPaths, type RepoPaths } from './repo-path.ts'
import { isEmpty, isUsed } from './repo-use.ts'

/** A repo as its files describe it. */
export interface RepoDescription {
  readonly paths: RepoPaths
  readonly config: Config
  readonly privateKey: PrivateKey
}

/** A repo in use by this process: locked, its stores open. */
export interface Repo extends RepoDescription {
  readonly blockstore: InterfaceBlockstore
  /** The same blocks, as the exchange sees them. */
  readonly blocks: Blockstore
  readonly datastore: Datastore
  /** What each store did since it was opened; caches come before what they stand for. */
  storeStats(): readonly StoreStats[]
  /** Closes the stores and gives the repo free. */
  close(): Promise<void>
}

export interface OpenRepoOptions {
  readonly hashers: Hashers
  readonly logger?: Logger
  /** What goes before the config file. */
  readonly overrides?: readonly Override[] | undefined
  /** How long to wait for a repo that another process uses; not at all by default. */
  readonly waitForLockMs?: number | undefined
  /** Told what was not as it should be, and was put right. */
  readonly warn?: (message: string) => void
}

/**
 * Opens a repo for this process alone. Everything that can be wrong with it is checked first, and rejects with a
 * `RepoError` (or `RepoLockedError`) that says what to do.
 */
export async function openRepo(root: string, options: OpenRepoOptions): Promise<Repo> {
  try {
    return await open(root, options)
  } catch (error) {
    throw diskTrouble(root, error) ?? error
  }
}

async function open(root: string, options: OpenRepoOptions): Promise<Repo> {
  const paths = await findRepo(root)
  await checkOwner(paths)
  const described = await describe(paths, options.overrides)
  const { config } = described
  await checkModes(paths, options.warn)
  const lock = await lockRepo(root, options.waitForLockMs ?? 0)
  try {
    await checkDataPlace(paths, config)
    const stores = await openStores(root, config, options)
    return {
      ...described,
      ...stores,
      close: async () => {
        await stores.close()
        await lock.release()
      }
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** What a repo says of itself, whatever its stores are like. Rejects as `openRepo` does. */
export async function readRepo(root: string, overrides?: readonly Override[]): Promise<RepoDescription> {
  return await describe(await findRepo(root), overrides)
}

async function findRepo(root: string): Promise<RepoPaths> {
  const paths = repoPaths(root)
  if (!(await repoExists(root))) throw (await isUsed(root)) ? lostConfig(root) : noRepo(root)
  await checkVersion(paths)
  return paths
}

async function describe(paths: RepoPaths, overrides: readonly Override[] | undefined): Promise<RepoDescription> {
  const config = await readConfig(paths.config, overrides)
  return { paths, config, privateKey: readIdentity(config.identity, paths.config) }
}

/** Between two looks at a repo that another process uses. */
const LOCK_RETRY_MS = 200

/** Takes the lock of a repo, and waits for it so long. */
export async function lockRepo(root: string, waitMs: number): Promise<RepoLock> {
  const deadline = performance.now() + waitMs
  for (;;) {
    try {
      return await acquireRepoLock(root)
    } catch (error) {
      if (!(error instanceof RepoLockedError) || performance.now() >= deadline) throw error
      await delay(LOCK_RETRY_MS)
    }
  }
}

export function noRepo(root: string): RepoError {
  return new RepoError(
    'ERR_NO_REPO',
    `no repo found in ${root}: run "barter init", or start with "barter daemon --init"`
  )
}

async function openStores(root: string, { storage }: Config, options: OpenRepoOptions) {
  const { hashers } = options
  const common = { base: root, ...(options.logger === undefined ? {} : { logger: options.logger }) }
  if (await isMetadataLost(root, storage)) {
    options.warn?.(
      `${storage.metadata} of ${root} is gone, and with it pins, ledgers and what is known of peers: put it back from a copy, ` +
        'or pin again what must stay before anything is collected'
    )
  }
  const opened = await openBlockstore(storage.blocks, { ...common, hashers })
  try {
    const metadata = await openMetadata(storage, common)
    return {
      blockstore: opened.blockstore,
      blocks: opened.port,
      datastore: metadata.datastore,
      storeStats: () => [...opened.stats(), ...metadata.stats()],
      close: async () => {
        await Promise.all([opened.close(), metadata.close()])
      }
    }
  } catch (error) {
    await opened.close()
    if (!(error instanceof StoreError)) throw error
    throw new RepoError(
      'ERR_REPO_STORAGE',
      `${error.message} (${reasonOf(error.cause)}): put it back from a copy, or take it away, and with it pins, ledgers and ` +
        'what is known of peers',
      { cause: error }
    )
  }
}

/** A LevelDB that is not there is made anew without a word, also where blocks are left of an earlier time. */
async function isMetadataLost(root: string, { metadata, blocks }: Config['storage']): Promise<boolean> {
  const keeper = typeof blocks === 'string' ? blocks : (blocks.at(-1) ?? '')
  const [inLevel, inFiles] = [locationIn('level', metadata), locationIn('fs', keeper)]
  if (inLevel === undefined || inFiles === undefined) return false
  return (await isEmpty(resolve(root, inLevel))) && !(await isEmpty(resolve(root, inFiles)))
}

function locationIn(scheme: string, spec: string): string | undefined {
  return spec.startsWith(`${scheme}:`) ? placeOfSpec(spec).slice(scheme.length + 1) : undefined
}

async function checkVersion(paths: RepoPaths): Promise<void> {
  const text = await readText(paths.version)
  if (text?.trim() === REPO_VERSION) return
  throw new RepoError(
    'ERR_REPO_VERSION',
    `the repo ${paths.root} has version ${text === undefined ? 'none' : JSON.stringify(text.trim())}, and this program ` +
      `reads version ${REPO_VERSION}: use the program that made it, or name another directory with --repo-dir`
  )
}

/** The private key is for its owner only. */
async function checkModes(paths: RepoPaths, warn: OpenRepoOptions['warn']): Promise<void> {
  if (process.platform === 'win32') return
  for (const [path, mode] of [
    [paths.config, 0o600],
    [paths.swarmKey, 0o600],
    [paths.datastore, 0o700],
    [paths.root, 0o700]
  ] as const) {
    const found = await modeOf(path)
    if (found === undefined || (found & 0o077) === 0) continue
    await chmod(path, mode)
    warn?.(`${path} was open to other users (mode ${found.toString(8)}): it is now for its owner only`)
  }
}

/** Undefined for what is not there. */
async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new RepoError('ERR_REPO_STORAGE', `${path} cannot be looked at: ${reasonOf(error)}`, { cause: error })
  }
}
