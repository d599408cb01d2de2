import { dirname, join, relative, sep } from 'node:path'
import { InvalidParametersError } from '../errors.ts'
import { type FileSystem, unlessAbsent } from './file-system.ts'
import { isShard, QUARANTINE_DIRECTORY, SHARDING, SHARDING_FILE, TEMPORARY_DIRECTORY } from './layout.ts'

/** What was found, and done, when the directory was opened. */
export interface PreparedDirectory {
  readonly shards: readonly string[]
  /** Unfinished files of an earlier process, removed. */
  readonly leftoversRemoved: number
  /** Something damaged was found here before. */
  readonly hasQuarantine: boolean
}

/**
 * Makes a directory ready for blocks: creates it with its `SHARDING` file, removes what a crash left half-written, and
 * syncs it, so that directories made by a process that crashed are there to stay. Throws `InvalidParametersError` for a
 * directory that holds blocks in another layout.
 */
export async function prepareDirectory(root: string, fileSystem: FileSystem): Promise<PreparedDirectory> {
  await makeDurably(root, fileSystem)
  const names = await fileSystem.readdir(root)
  const shards = names.filter(isShard)
  const leftoversRemoved = await cleanLeftovers(root, fileSystem)
  if (names.includes(SHARDING_FILE)) await checkSharding(root, fileSystem)
  else if (shards.length > 0) throw foreign(root, `there is no ${SHARDING_FILE} file`)
  else await writeSharding(root, fileSystem)
  await fileSystem.syncDirectory(root)
  return { shards, leftoversRemoved, hasQuarantine: names.includes(QUARANTINE_DIRECTORY) }
}

/** The new directories, and so their parents, are synced from the top down. */
async function makeDurably(root: string, fileSystem: FileSystem): Promise<void> {
  const first = await fileSystem.mkdir(root)
  if (first === undefined) return
  let parent = dirname(first)
  await fileSystem.syncDirectory(parent)
  for (const name of relative(parent, dirname(root)).split(sep).filter(Boolean)) {
    parent = join(parent, name)
    await fileSystem.syncDirectory(parent)
  }
}

async function cleanLeftovers(root: string, fileSystem: FileSystem): Promise<number> {
  const temporary = join(root, TEMPORARY_DIRECTORY)
  await fileSystem.mkdir(temporary)
  const names = await fileSystem.readdir(temporary)
  for (const name of names) await unlessAbsent(fileSystem.unlink(join(temporary, name)))
  return names.length
}

async function checkSharding(root: string, fileSystem: FileSystem): Promise<void> {
  const text = new TextDecoder().decode(await fileSystem.readFile(join(root, SHARDING_FILE))).trim()
  if (text !== SHARDING) throw foreign(root, `its ${SHARDING_FILE} file says ${JSON.stringify(text)}`)
}

function foreign(root: string, found: string): InvalidParametersError {
  return new InvalidParametersError(`${root} holds blocks in another layout: ${found}, expected ${SHARDING}`)
}

/** By way of a temporary file, so that a crash leaves no half of it, which would lock everybody out. */
async function writeSharding(root: string, fileSystem: FileSystem): Promise<void> {
  const temporary = join(root, TEMPORARY_DIRECTORY, SHARDING_FILE)
  const bytes = new TextEncoder().encode(`${SHARDING}\n`)
  const handle = await fileSystem.open(temporary, 'wxs')
  try {
    for (let offset = 0; offset < bytes.byteLength;) {
      offset += (await handle.write(bytes, offset, bytes.byteLength - offset)).bytesWritten
    }
  } finally {
    await handle.close()
  }
  await fileSystem.rename(temporary, join(root, SHARDING_FILE))
}
