/** Builds the Go programs of the interop tests, once: they are kept in the user's cache folder, outside the project. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** From nothing, with two processors and all modules to be fetched, Kubo takes about five. */
const BUILD_MINUTES = 20
/** A build takes up to a GB of memory for each package at work. */
const PACKAGES_AT_A_TIME = '2'

export interface GoProgram {
  /** Folder with `go.mod`, `go.sum` and perhaps sources. Whatever lies in it is part of the key of the cache. */
  readonly moduleDir: string
  /** What to build: `.`, or the import path of a program that the module depends on. */
  readonly target: string
  /** Of the binary. */
  readonly name: string
}

/** Why Go programs cannot be built here, for people; undefined when they can. */
export async function whyNoGo(): Promise<string | undefined> {
  try {
    await run('go', ['version'])
    return undefined
  } catch {
    return 'there is no `go` to build it with: install Go 1.26.5 or later, which Kubo needs, and put it into the PATH'
  }
}

/** The path of the built program; builds it unless these sources were built with this compiler before. */
export async function buildGo(program: GoProgram): Promise<string> {
  const { name, moduleDir, target } = program
  const folder = join(cacheFolder(), `${name}-${await fingerprint(program)}`)
  const binary = join(folder, process.platform === 'win32' ? `${name}.exe` : name)
  if (existsSync(binary)) return binary
  await mkdir(folder, { recursive: true })
  // Built beside and moved: a build that is interrupted, or runs twice at once, leaves no half of a program.
  const fresh = `${binary}.${process.pid}`
  const command = ['build', '-p', PACKAGES_AT_A_TIME, '-trimpath', '-buildvcs=false', '-o', fresh, target]
  try {
    await run('go', command, { cwd: moduleDir, timeout: BUILD_MINUTES * 60_000, maxBuffer: 1 << 28 })
    await rename(fresh, binary)
  } catch (error) {
    throw new Error(`${name} does not build: ${complaint(error)}`, { cause: error })
  } finally {
    await rm(fresh, { force: true })
  }
  return binary
}

async function fingerprint({ moduleDir, target }: GoProgram): Promise<string> {
  const { stdout } = await run('go', ['version'])
  const hash = createHash('sha256').update(stdout).update(target)
  const names = (await readdir(moduleDir)).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name)).sort()
  for (const name of names) hash.update(`\n${name}\n`).update(await readFile(join(moduleDir, name)))
  return hash.digest('hex').slice(0, 16)
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '') return join(XDG_CACHE_HOME, 'barter-interop')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'barter-interop')
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? homedir(), 'barter-interop')
  return join(homedir(), '.cache', 'barter-interop')
}

/** What the compiler said last, which is what matters. */
function complaint(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return said === '' ? String(error) : said.split('\n').slice(-20).join('\n')
}
