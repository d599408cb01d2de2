import { statSync } from 'node:fs'
import { reasonOf, RepoError, systemCode } from './repo-error.ts'

/** Also by a command that reads: nobody else may use it meanwhile. */
const LOCKED = 'a repo is locked while it is used, which takes a file in it'
const OWN = 'make it, and all in it, belong to who runs this, or name another directory with --repo-dir'

/** What to do about a disk. LevelDB tells of its calls in words alone, those of the system. */
const ADVICE: readonly (readonly [code: string, words: RegExp, advice: string])[] = [
  ['EACCES', /permission denied/iu, `${LOCKED}; ${OWN}`],
  ['EPERM', /operation not permitted/iu, OWN],
  [
    'EROFS',
    /read-only file system/iu,
    `${LOCKED}; mount its disk for writing, or name another directory with --repo-dir`
  ],
  ['ENOSPC', /no space left/iu, 'its disk is full: make room on it'],
  ['EDQUOT', /quota exceeded/iu, 'what this user may store is used up: make room'],
  ['EMFILE', /too many open files/iu, 'let this process open more files: ulimit -n'],
  ['EIO', /input\/output error/iu, 'its disk fails: save what can be read of it']
]

/** These have been told with what to do, for reasons of their own. */
const TOLD: ReadonlySet<string> = new Set(['ERR_LISTEN', 'ERR_PORT_IN_USE'])

/** What keeps a repo from being made; as it is where its disk and the rights of who runs this are not to blame. */
export function initTrouble(root: string, error: unknown): unknown {
  const code = systemCode(error)
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return diskTrouble(root, error) ?? error
  const text = `no repo can be made at ${root} (${reasonOf(error)}): init needs a directory that may be written to`
  const advice = 'name another with --repo-dir or BARTER_PATH'
  return new RepoError('ERR_REPO_STORAGE', `${text}; ${advice}`, { cause: error })
}

/** What the disk of a repo has to do with a failure, and what to do about it; undefined where it is none of its fault. */
export function diskTrouble(root: string, error: unknown): RepoError | undefined {
  if (error instanceof RepoError && TOLD.has(error.code)) return undefined
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const reason = reasonOf(cause)
    const code = systemCode(cause)
    const isLevel = code?.startsWith('LEVEL_') === true
    const advice = ADVICE.find(([name, words]) => code === name || (isLevel && words.test(reason)))?.[2]
    if (advice !== undefined) {
      return new RepoError(
        'ERR_REPO_STORAGE',
        `the repo ${root} cannot be used: ${reason}: ${strangerOf(root)}${advice}`,
        {
          cause: error
        }
      )
    }
  }
  return undefined
}

/** Whose the repo is, where it is not of who runs this; empty as well where that cannot be told. */
function strangerOf(root: string): string {
  const own = process.getuid?.()
  const owner = ownerOf(root)
  return own === undefined || owner === undefined || owner === own
    ? ''
    : `it belongs to user ${owner}, and this is run by user ${own}; `
}

/** Undefined for what is not there, or lies in a folder that may not be looked into. */
function ownerOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.uid
  } catch {
    return undefined
  }
}
