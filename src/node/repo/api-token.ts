import { chmod, open } from 'node:fs/promises'
import { constants } from 'node:fs'
import { RepoError, reasonOf, systemCode } from './repo-error.ts'
import { repoPaths } from './repo-path.ts'
import { writeFileAtomic } from './write-file.ts'

const TOKEN_BYTES = 32

/** What can stand in a header, and is long enough not to be guessed. */
const TOKEN_FORM = /^[\w.~+/=-]{32,512}$/u

/** Makes the token of a new repo: 256 bits, in a file for its owner only. */
export async function writeApiToken(root: string): Promise<string> {
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))).toString('base64url')
  await writeFileAtomic(repoPaths(root).apiToken, `${token}\n`, 0o600)
  return token
}

/** The token of a repo; undefined when it has none. Rejects when there is a file that holds none. */
export async function readApiToken(root: string): Promise<string | undefined> {
  const path = repoPaths(root).apiToken
  const text = await readOwn(path)
  if (text === undefined) return undefined
  const token = text.trim()
  if (TOKEN_FORM.test(token)) return token
  throw new RepoError('ERR_API_TOKEN', `${path} holds no token: remove it, and the next start of the daemon makes one`)
}

/** The token of a repo, made now when it has none. What others could read is told of, and is theirs no more. */
export async function ensureApiToken(root: string, warn?: (message: string) => void): Promise<string> {
  const token = await readApiToken(root)
  if (token === undefined) return await writeApiToken(root)
  if (!(await isOpenToOthers(root))) return token
  warn?.(`${repoPaths(root).apiToken} could be read by other users of this machine: the token in it is replaced`)
  return await writeApiToken(root)
}

async function isOpenToOthers(root: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  const path = repoPaths(root).apiToken
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    if (((await file.stat()).mode & 0o077) === 0) return false
  } finally {
    await file.close()
  }
  await chmod(path, 0o600)
  return true
}

/** Never through a link: it may lead to what others can change. */
async function readOwn(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    throw new RepoError('ERR_API_TOKEN', `${path} cannot be read: ${reasonOf(error)}`, { cause: error })
  }
}
