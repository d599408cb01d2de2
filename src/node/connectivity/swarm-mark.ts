import { readFile } from 'node:fs/promises'
import { RepoError, systemCode } from '../repo/repo-error.ts'
import type { RepoPaths } from '../repo/repo-path.ts'
import { writeFileAtomic } from '../repo/write-file.ts'
import type { SwarmKey } from './swarm-key.ts'

/** What is wrong, and what to do about it. */
export interface LostKey {
  readonly text: string
  readonly advice: string
}

type KeyPaths = Pick<RepoPaths, 'swarmKey' | 'swarmMark'>

/** What to tell of a repo without a swarm key: that it had one and what to do, or undefined when it never had. */
export async function lostSwarmKey({ swarmKey, swarmMark }: KeyPaths): Promise<LostKey | undefined> {
  const mark = await readMark(swarmMark)
  if (mark === undefined) return undefined
  return {
    text: `this peer belongs to a private swarm (${mark}), and its key ${swarmKey} is gone`,
    advice: `put it back from a copy. To go to the public network instead, remove ${swarmMark}`
  }
}

/**
 * Remembers in a repo that its peer is private: without this, one whose key got lost would start in public. Rejects with
 * `RepoError` when that would happen. Another key is taken: whoever put it there meant it.
 */
export async function keepPrivate(paths: KeyPaths, key: SwarmKey | undefined): Promise<void> {
  if (key === undefined) {
    const lost = await lostSwarmKey(paths)
    if (lost !== undefined) throw new RepoError('ERR_SWARM_KEY', `${lost.text}: ${lost.advice}`)
  } else if ((await readMark(paths.swarmMark)) !== key.fingerprint) {
    await writeFileAtomic(paths.swarmMark, `${key.fingerprint}\n`, 0o600)
  }
}

async function readMark(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}
