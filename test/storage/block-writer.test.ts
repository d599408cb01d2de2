import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BlockWriter, type Durability } from '../../src/storage/block-writer.ts'
import { type BlockPlace, placeOf, TEMPORARY_DIRECTORY } from '../../src/storage/layout.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { diskError, FaultyFileSystem, type FileCall } from '../support/faulty-file-system.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

interface Scene {
  readonly root: string
  readonly disk: FaultyFileSystem
  readonly writer: BlockWriter
}

async function scene(durability: Durability = 'sync'): Promise<Scene> {
  const root = await temporaryDirectory()
  await mkdir(join(root, TEMPORARY_DIRECTORY))
  const disk = new FaultyFileSystem()
  return { root, disk, writer: new BlockWriter(root, disk, durability, []) }
}

const { cid, bytes } = numberedBlock(1, 10_000)
const place = placeOf(cid) as BlockPlace

/**
 * What is still missing when a block is acknowledged after these calls: the file's bytes, its name, and the name of its
 * directory must each have been synced after they were made.
 */
function missingSyncs(calls: readonly FileCall[], root: string): string[] {
  const shard = join(root, place.directory)
  const last = (name: string, part: string): number =>
    calls.findLastIndex((call) => call.name === name && call.path.includes(part))
  const exact = (name: string, path: string): number =>
    calls.findLastIndex((call) => call.name === name && call.path === path)
  const missing: string[] = []
  if (last('sync', TEMPORARY_DIRECTORY) <= last('write', TEMPORARY_DIRECTORY)) missing.push('bytes')
  if (last('rename', place.file) <= last('sync', TEMPORARY_DIRECTORY)) missing.push('bytes before the name')
  if (exact('syncDirectory', shard) <= last('rename', place.file)) missing.push('name')
  if (exact('mkdir', shard) >= 0 && exact('syncDirectory', root) <= exact('mkdir', shard)) missing.push('directory')
  return missing
}

describe('BlockWriter', () => {
  it('syncs the bytes, then the name, then the name of a new directory', async () => {
    const { root, disk, writer } = await scene()
    await writer.write(place, bytes)
    expect(missingSyncs(disk.calls, root)).toEqual([])
    expect(new Uint8Array(await readFile(join(root, place.directory, place.file)))).toEqual(bytes)
    expect(await readdir(join(root, TEMPORARY_DIRECTORY))).toEqual([])
  })

  it('would be found out if it did not sync', async () => {
    const { root, disk, writer } = await scene('fast')
    await writer.write(place, bytes)
    expect(missingSyncs(disk.calls, root)).toEqual(['bytes', 'name', 'directory'])
    expect(disk.count('sync') + disk.count('syncDirectory')).toBe(0)
  })

  it('syncs the file of an empty block as well, though nothing is written to it', async () => {
    const { root, disk, writer } = await scene()
    await writer.write(place, new Uint8Array(0))
    expect(disk.calls.map(({ name }) => name)).not.toContain('write')
    expect(missingSyncs(disk.calls, root)).toEqual([])
    expect(await readFile(join(root, place.directory, place.file))).toHaveLength(0)
  })

  it('makes a directory once', async () => {
    const { disk, writer } = await scene()
    await Promise.all([writer.write(place, bytes), writer.write(place, bytes)])
    await writer.write(place, bytes)
    expect(disk.count('mkdir')).toBe(1)
  })

  it('writes on where the disk took only a part', async () => {
    const { root, writer, disk } = await scene()
    const open = disk.open.bind(disk)
    disk.open = async (path, flags) => {
      const file = await open(path, flags)
      return { ...file, write: (chunk, offset, length) => file.write(chunk, offset, Math.min(length, 999)) }
    }
    await writer.write(place, bytes)
    expect(disk.count('write')).toBe(11)
    expect(new Uint8Array(await readFile(join(root, place.directory, place.file)))).toEqual(bytes)
  })

  it.each(['write', 'sync', 'close', 'rename'])('leaves nothing behind when %s fails', async (name) => {
    const { root, disk, writer } = await scene()
    disk.intercept = (call) =>
      call.name === name && call.path.includes(name === 'rename' ? place.file : TEMPORARY_DIRECTORY)
        ? diskError('EIO')
        : undefined
    await expect(writer.write(place, bytes)).rejects.toThrow('EIO')
    expect(await readdir(join(root, TEMPORARY_DIRECTORY))).toEqual([])
    expect(await readdir(join(root, place.directory))).toEqual([])
  })

  it('makes a directory anew that was removed under it', async () => {
    const { root, writer } = await scene()
    await writer.write(place, bytes)
    await rm(join(root, place.directory), { recursive: true })
    await expect(writer.write(place, bytes)).rejects.toThrow('ENOENT')
    await writer.write(place, bytes)
    expect(await readdir(join(root, place.directory))).toEqual([place.file])
  })

  it('settles a block that is there: its bytes and its name are synced', async () => {
    const { root, disk, writer } = await scene('fast')
    await writer.write(place, bytes)
    await new BlockWriter(root, disk, 'sync', []).settle(place)
    expect(disk.count('sync', place.file)).toBe(1)
    expect(disk.calls.findLast(({ name }) => name === 'syncDirectory')?.path).toBe(join(root, place.directory))
  })
})
