import { readFile, rm } from 'node:fs/promises'
import { formatApiAddress, parseApiAddress, type ApiAddress } from '../../api/api-address.ts'
import { systemCode } from './repo-error.ts'
import { repoPaths } from './repo-path.ts'
import { writeFileAtomic } from './write-file.ts'

/** Tells other processes where the daemon of this repo listens; written once it does. */
export async function writeApiFile(root: string, address: ApiAddress): Promise<void> {
  await writeFileAtomic(repoPaths(root).api, formatApiAddress(address), 0o600)
}

export async function removeApiFile(root: string): Promise<void> {
  await rm(repoPaths(root).api, { force: true })
}

/** Where the daemon of this repo listens, or undefined when none says so. */
export async function readApiFile(root: string): Promise<ApiAddress | undefined> {
  try {
    return parseApiAddress(await readFile(repoPaths(root).api, 'utf8'))
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    // Somebody else's repo; loaded where it is needed, for most commands have no use for it.
    throw (await import('./disk-trouble.ts')).diskTrouble(root, error) ?? error
  }
}
