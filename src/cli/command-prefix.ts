import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'

/** How this program is called: for the repo of this process, and for another one. */
export interface CommandPrefix {
  readonly own: string
  readonly other: string
  /** Where the other repo is. */
  readonly otherRepo: string
}

/** What to type in another terminal, in the same directory, to call this program as it was called this time. */
export function commandPrefix(env: NodeJS.ProcessEnv, script = '', repoDir?: string): CommandPrefix {
  const name = programName(env, script)
  const variable = ['IPFS_PATH', 'BARTER_PATH'].find((key) => env[key] !== undefined && env[key] !== '')
  const before = variable === undefined ? name : `${variable}=${quote(env[variable] ?? '')} ${name}`
  const own = repoDir === undefined ? before : `${name} --repo-dir ${quote(repoDir)}`
  const otherRepo = quote(join(tmpdir(), 'barter-2'))
  return { own, other: `${name} --repo-dir ${otherRepo}`, otherRepo }
}

function programName(env: NodeJS.ProcessEnv, script: string): string {
  // npm tells what it runs: `npm start`, or `npx barter`, which npm calls exec.
  if (env.npm_command !== undefined || env.npm_lifecycle_event !== undefined) return 'npx barter'
  if (/[/\\]main\.[jt]s$/u.test(script)) return `${nodeName(env)} ${quote(nearPath(script))}`
  return 'barter'
}

/** `node` where a shell would find this very one, which is new enough; else its path. */
function nodeName({ PATH = '' }: NodeJS.ProcessEnv): string {
  const found = PATH.split(delimiter).map((folder) => realPath(join(folder, 'node')))
  const isThis = found.find((path) => path !== undefined) === realPath(process.execPath)
  return isThis ? 'node' : quote(process.execPath)
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

/** A path as it is typed in the working directory; one that leads out of it is as good in any other. */
export function nearPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}

/** A text as a shell takes it for one word. */
export function quote(text: string): string {
  return /^[\w@%+=:,./~-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
