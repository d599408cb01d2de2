import { describe, expect, it } from 'vitest'
import { DirectorySync } from '../../src/storage/directory-sync.ts'
import { diskError, FaultyFileSystem } from '../support/faulty-file-system.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** A disk whose syncs wait until they are let go, one by one. */
function heldUp(disk: FaultyFileSystem): PromiseWithResolvers<undefined>[] {
  const syncs: PromiseWithResolvers<undefined>[] = []
  disk.intercept = ({ name }) => {
    if (name !== 'syncDirectory') return undefined
    const sync = Promise.withResolvers<undefined>()
    syncs.push(sync)
    return sync.promise.then(() => undefined)
  }
  return syncs
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}

describe('DirectorySync', () => {
  it('shares one sync among those who come while another runs, but never gives them the running one', async () => {
    const directory = await temporaryDirectory()
    const disk = new FaultyFileSystem()
    const syncs = heldUp(disk)
    const sync = new DirectorySync(disk)
    let later = 0
    const first = sync.sync(directory)
    await until(() => syncs.length === 1)
    const others = Array.from({ length: 5 }, () => sync.sync(directory).then(() => (later += 1)))
    syncs[0]?.resolve(undefined)
    await first
    await until(() => syncs.length === 2)
    expect(later).toBe(0)
    syncs[1]?.resolve(undefined)
    await Promise.all(others)
    expect(disk.count('syncDirectory')).toBe(2)
  })

  it('gives a failure to those whose sync it was, and to nobody else', async () => {
    const directory = await temporaryDirectory()
    const disk = new FaultyFileSystem()
    const syncs = heldUp(disk)
    const sync = new DirectorySync(disk)
    const first = sync.sync(directory)
    await until(() => syncs.length === 1)
    const second = sync.sync(directory)
    syncs[0]?.reject(diskError('EIO'))
    await expect(first).rejects.toThrow('EIO')
    await until(() => syncs.length === 2)
    syncs[1]?.resolve(undefined)
    await second
    const third = sync.sync(directory)
    await until(() => syncs.length === 3)
    syncs[2]?.resolve(undefined)
    await third
  })

  it('syncs different directories side by side', async () => {
    const directories = [await temporaryDirectory(), await temporaryDirectory()]
    const disk = new FaultyFileSystem()
    const syncs = heldUp(disk)
    const sync = new DirectorySync(disk)
    const both = directories.map((directory) => sync.sync(directory))
    await until(() => syncs.length === 2)
    for (const held of syncs) held.resolve(undefined)
    await Promise.all(both)
  })
})
