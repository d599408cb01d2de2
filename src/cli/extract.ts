import { randomUUID } from 'node:crypto'
import { chmod, lstat, lutimes, mkdir, open, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import type { TreeEntry } from '../api/peer-service.ts'
import { InvalidParametersError } from '../errors.ts'

export interface ExtractOptions {
  /** Told of bytes as they are written. */
  readonly onBytes?: (bytes: number) => void
  /** Told of what was left out, and why. */
  readonly warn: (message: string) => void
}

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
  return target
}

/**
 * Writes a tree. It grows beside its target under a name of its own, and gets its name when it is whole: an aborted
 * transfer leaves nothing. Nothing is written outside: the folder is new and ours, every file and folder in it is created
 * (never opened, never followed), and links that lead out of it are left out.
 */
export async function extractTree(
  entries: AsyncIterable<TreeEntry>,
  target: string,
  options: ExtractOptions
): Promise<void> {
  // Bounded: by the folders of the tree, which are on the disk by then.
  const folders: TreeEntry[] = []
  await grow(target, async (growing) => {
    for await (const entry of entries) {
      await writeEntry(entry, growing, options)
      if (entry.type === 'folder' && (entry.mode ?? entry.mtime) !== undefined) folders.push(entry)
    }
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
  const growing = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}.part`)
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

async function writeEntry(entry: TreeEntry, root: string, options: ExtractOptions): Promise<void> {
  // The first name is that of the root, which its owner chooses.
  const names = entry.path.slice(1)
  if (names.some((name) => !isSafeName(name))) {
    throw new InvalidParametersError(`the tree has an entry named ${JSON.stringify(entry.path.join('/'))}: refused`)
  }
  const path = join(root, ...names)
  switch (entry.type) {
    case 'folder':
      await mkdir(path)
      return
    case 'link':
      if (await writeLink(entry.target, path, root, options)) await setAttributes(path, entry)
      return
    case 'file':
      await writeFile(entry.content, path, options)
      await setAttributes(path, entry)
  }
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

async function writeLink(target: string, path: string, root: string, options: ExtractOptions): Promise<boolean> {
  const destination = resolve(dirname(path), target)
  if (destination !== root && !destination.startsWith(root + sep)) {
    options.warn(`left out the link ${basename(path)}: it leads out of the tree, to ${target}`)
    return false
  }
  await symlink(target, path)
  return true
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
