import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Override } from '../config/override.ts'
import { DEFAULT_STORAGE, type StorageChoice } from '../config/storage-section.ts'
import { datastoreSpec, isSameData } from './data-spec.ts'
import { reasonOf, RepoError, systemCode } from './repo-error.ts'
import { repoPaths, type RepoPaths } from './repo-path.ts'
import { isUsed } from './repo-use.ts'
import { writeFileAtomic } from './write-file.ts'

const KEYS = /^Barter\.(?:Blocks|Metadata|Stores\..+)$/u

interface Said {
  readonly storage: StorageChoice
  readonly overrides: readonly Override[]
}

/**
 * Another program's repo is not ours to write to, nor to lock, nor to close to others: looked at before any of it. Rejects
 * with `RepoError`; reads one file, changes nothing.
 */
export async function checkOwner({ root, datastoreSpec: file }: RepoPaths): Promise<void> {
  if (isSameData(await readText(file), DEFAULT_STORAGE) === undefined) throw foreign(root)
}

function foreign(root: string): RepoError {
  return new RepoError(
    'ERR_REPO_FOREIGN',
    `the repo ${root} was made by another program: name another directory with --repo-dir`
  )
}

/**
 * Data written one way must not be read another way. Rejects with `RepoError`, also for another program's repo. A repo that holds nothing yet follows its config.
 */
export async function checkDataPlace(paths: RepoPaths, { storage, overrides }: Said): Promise<void> {
  const written = await readText(paths.datastoreSpec)
  const isSame = isSameData(written, storage)
  if (isSame === true) return
  if (isSame === undefined) throw foreign(paths.root)
  if (await isUntouched(paths.root, written)) {
    await writeFileAtomic(paths.datastoreSpec, datastoreSpec(storage), 0o600)
    return
  }
  const by = overrides.filter(({ key }) => KEYS.test(key)).map(({ source }) => source)
  const who = by.length === 0 ? 'the config' : by.join(' and ')
  const fix =
    by.length === 0 ? `set Barter.Blocks, Barter.Metadata and Barter.Stores in ${paths.config} back` : 'leave it out'
  throw new RepoError(
    'ERR_REPO_STORAGE',
    `${paths.datastoreSpec} says the data lies in ${written?.trim() ?? ''}, but ${who} says ${datastoreSpec(storage).trim()}: ${fix}`
  )
}

/** Rejects with `RepoError` where the data of a repo would not be found with the next config, and was with the one before. */
export async function checkPlaceChange(
  config: string,
  before: StorageChoice | undefined,
  next: StorageChoice
): Promise<void> {
  if (before !== undefined && datastoreSpec(before) === datastoreSpec(next)) return
  const { root, datastoreSpec: file } = repoPaths(dirname(config))
  const written = await readText(file)
  if (isSameData(written, next) !== false || (await isUntouched(root, written))) return
  throw new RepoError(
    'ERR_REPO_STORAGE',
    `Barter.Blocks, Barter.Metadata and Barter.Stores would say ${datastoreSpec(next).trim()}, but the data of this repo lies in ` +
      `${written?.trim() ?? ''}: leave them as they are. To change them, make a new repo with "barter --repo-dir <path> init", set them ` +
      'there before anything is stored, and carry the blocks over ("barter dag export", "barter dag import")'
  )
}

/** Made, and never opened: where data would lie is not decided yet. */
async function isUntouched(root: string, written: string | undefined): Promise<boolean> {
  return isSameData(written, DEFAULT_STORAGE) === true && !(await isUsed(root))
}

/** Undefined for a file that is not there. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new RepoError('ERR_REPO_STORAGE', `${path} cannot be read: ${reasonOf(error)}`, { cause: error })
  }
}
