import { readFile } from 'node:fs/promises'
import { RepoError, systemCode } from '../repo-error.ts'
import type { RepoPaths } from '../repo-path.ts'
import { writeFileAtomic } from '../write-file.ts'
import type { SwarmKey } from './swarm-key.ts'

/**
 * Remembers in a repo that its peer is private: without this, one whose key got lost would start in public. Rejects with
 * `RepoError` when that would happen. Another key is taken: whoever put it there meant it.
 */
export async function keepPrivate(
  { swarmKey, swarmMark }: Pick<RepoPaths, 'swarmKey' | 'swarmMark'>,
  key: SwarmKey | undefined
): Promise<void> {
  const mark = await readMark(swarmMark)
  if (mark === undefined && key === undefined) return
  if (key === undefined) {
    throw new RepoError(
      'ERR_SWARM_KEY',
      `this peer belongs to a private swarm (${mark}), and its key ${swarmKey} is gone: put it back from a copy. ` +
        `To go to the public network instead, remove ${swarmMark}`
    )
  }
  if (mark !== key.fingerprint) await writeFileAtomic(swarmMark, `${key.fingerprint}\n`, 0o600)
}

async function readMark(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}
