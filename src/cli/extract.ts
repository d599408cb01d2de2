import { randomUUID } from 'node:crypto'
import {
  access,
  chmod,
  constants,
  lstat,
  lutimes,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  symlink
} from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import type { TreeEntry } from '../api/service/peer-service.ts'
import { InvalidParametersError } from '../errors.ts'
import { systemCode } from '../node/repo/repo-error.ts'

export interface ExtractOptions {
  /** Told of bytes as they are written. */
  readonly onBytes?: (bytes: number) => void
  /** Told of what was left out, and why. */
  readonly warn: (message: string) => void
}

type Link = Extract<TreeEntry, { type: 'link' }>

/**
 * Where a tree is to go: the path given, or a new name inside it when it is a folder; `ending` may add to it. Throws when
 * something is there already: nothing is ever overwritten.
 */
export async function chooseTarget(
  output: string | undefined,
  name: string,
  ending: (path: string) => string = (path) => path
): Promise<string> {
  const wanted = resolve(output ?? name)
  const target = ending(output !== undefined && (await isFolder(wanted)) ? join(wanted, name) : wanted)
  if (await exists(target)) {
    throw new InvalidParametersError(`${target} is there already: move it away, or choose another path with -o`)
  }
  if (!(await isFolder(dirname(target)))) {
    throw new InvalidParametersError(`${dirname(target)} is no folder: make it first, or choose another path with -o`)
  }
  await access(dirname(target), constants.W_OK).catch((cause: unknown) => {
    const why = `nothing can be written to ${dirname(target)} (${systemCode(cause) ?? ''})`
    throw new InvalidParametersError(`${why}: choose another path with -o`, { cause })
  })
  return target
}

/**
 * Writes a tree. It grows beside its target under a name of its own, and gets its name when it is whole: an aborted
 * transfer leaves nothing. Nothing is written outside: the folder is new and ours, every file and folder in it is created
 * (never opened, never followed) before the first link is, and links that lead out of it are left out.
 */
export async function extractTree(
  entries: AsyncIterable<TreeEntry>,
  target: string,
  options: ExtractOptions
): Promise<void> {
  // Bounded: by the folders of the tree, which are on the disk by then.
  const folders: TreeEntry[] = []
  // Bounded: by the links of the tree, which will be on the disk.
  const links: Link[] = []
  await grow(target, async (growing) => {
    for await (const entry of entries) {
      const path = pathOf(entry, growing)
      if (entry.type === 'link') links.push(entry)
      else await writeEntry(entry, path, options)
      if (entry.type === 'folder' && (entry.mode ?? entry.mtime) !== undefined) folders.push(entry)
    }
    for (const link of links) await writeLink(link, growing, options)
  })
  // Only now: what is written into a folder changes its time, and its permissions may forbid it. The innermost first.
  for (const folder of folders.reverse()) await setAttributes(join(target, ...folder.path.slice(1)), folder)
}

/** Writes one file, in the same way. */
export async function saveFile(
  content: AsyncIterable<Uint8Array>,
  target: string,
  options: Pick<ExtractOptions, 'onBytes'>
): Promise<void> {
  await grow(target, (growing) => writeFile(content, growing, options))
}

async function grow(target: string, write: (growing: string) => Promise<void>): Promise<void> {
  await removeLeft(target)
  const growing = join(dirname(target), `.${basename(target)}.${process.pid}-${randomUUID().slice(0, 8)}.part`)
  try {
    await write(growing)
    if (await exists(target)) {
      throw new InvalidParametersError(`${target} appeared meanwhile: move it away, or choose another path with -o`)
    }
    await rename(growing, target)
  } catch (error) {
    await rm(growing, { recursive: true, force: true })
    throw error
  }
}

/** Removes what processes that were killed left of the same target; what still grows stays. */
async function removeLeft(target: string): Promise<void> {
  const [start, folder] = [`.${basename(target)}.`, dirname(target)]
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(start) ? /^(\d+)-[0-9a-f]{8}\.part$/u.exec(name.slice(start.length))?.[1] : undefined
    if (pid === undefined || isRunning(Number(pid))) continue
    await rm(join(folder, name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Another answer than this: it is there, but somebody else's.
    return systemCode(error) !== 'ESRCH'
  }
}

/** Where it goes; the first name is that of the root, which its owner chooses. */
function pathOf(entry: TreeEntry, root: string): string {
  const names = entry.path.slice(1)
  if (names.every(isSafeName)) return join(root, ...names)
  throw new InvalidParametersError(`the tree has an entry named ${JSON.stringify(entry.path.join('/'))}: refused`)
}

async function writeEntry(entry: Exclude<TreeEntry, Link>, path: string, options: ExtractOptions): Promise<void> {
  if (entry.type === 'folder') {
    await mkdir(path)
    return
  }
  await writeFile(entry.content, path, options)
  await setAttributes(path, entry)
}

/** Permissions for the owner, the group and all; nobody gets more by way of a file that came from elsewhere. */
async function setAttributes(path: string, { type, mode, mtime }: TreeEntry): Promise<void> {
  const seconds = mtime === undefined ? undefined : mtime.seconds + mtime.nanoseconds / 1e9
  if (seconds !== undefined) await lutimes(path, seconds, seconds)
  if (mode !== undefined && type !== 'link') await chmod(path, mode & 0o777)
}

async function writeFile(
  content: AsyncIterable<Uint8Array>,
  path: string,
  { onBytes }: Pick<ExtractOptions, 'onBytes'>
): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for await (const chunk of content) {
      await file.writeFile(chunk)
      onBytes?.(chunk.byteLength)
    }
  } finally {
    await file.close()
  }
}

async function writeLink(link: Link, root: string, options: ExtractOptions): Promise<void> {
  const path = pathOf(link, root)
  if (!staysInside(link.target, path, root)) {
    const name = JSON.stringify(link.path.join('/'))
    options.warn(`left out the link ${name}: it may lead out of the tree, to ${JSON.stringify(link.target)}`)
    return
  }
  await symlink(link.target, path)
  await setAttributes(path, link)
}

/**
 * Whether a link leads to a place in the tree, whatever else the tree holds. Up is safe at the beginning, where the folders
 * passed are real; after a name it is not, for the name may be that of another link.
 */
function staysInside(target: string, path: string, root: string): boolean {
  const steps = target.split(/[/\\]/u).filter((step) => step !== '' && step !== '.')
  const firstName = steps.findIndex((step) => step !== '..')
  if (firstName !== -1 && steps.includes('..', firstName)) return false
  const destination = resolve(dirname(path), target)
  return destination === root || destination.startsWith(root + sep)
}

function isSafeName(name: string): boolean {
  const separators = process.platform === 'win32' ? /[/\\:\0]/u : /[/\0]/u
  return name !== '' && name !== '.' && name !== '..' && !separators.test(name)
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}
