import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { prepareDirectory } from '../../src/storage/prepare-directory.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

describe('prepareDirectory', () => {
  it('makes a directory that FlatFS knows, and syncs every directory that got a new entry', async () => {
    const base = await temporaryDirectory()
    const root = join(base, 'a', 'b', 'blocks')
    const disk = new FaultyFileSystem()
    expect(await prepareDirectory(root, disk)).toEqual({ shards: [], leftoversRemoved: 0, hasQuarantine: false })
    expect((await readdir(root)).sort()).toEqual(['.temp', 'SHARDING'])
    expect(await readFile(join(root, 'SHARDING'), 'utf8')).toBe('/repo/flatfs/shard/v1/next-to-last/2\n')
    const synced = disk.calls.filter(({ name }) => name.startsWith('sync')).map(({ path }) => path)
    expect(synced).toEqual([base, join(base, 'a'), join(base, 'a', 'b'), join(root, '.temp', 'SHARDING'), root])
  })

  it('opens again what it made, and names the directories of blocks', async () => {
    const root = await temporaryDirectory()
    await prepareDirectory(root, new FaultyFileSystem())
    for (const name of ['X3', 'AA', 'quarantine', 'lost+found']) await mkdir(join(root, name))
    const { shards } = await prepareDirectory(root, new FaultyFileSystem())
    expect([...shards].sort()).toEqual(['AA', 'X3'])
  })

  it('removes what was left half-written, and nothing else', async () => {
    const root = await temporaryDirectory()
    await prepareDirectory(root, new FaultyFileSystem())
    for (const name of ['one', 'two', 'SHARDING']) await writeFile(join(root, '.temp', name), 'half')
    await mkdir(join(root, 'X3'))
    await writeFile(join(root, 'X3', 'one'), 'other')
    expect((await prepareDirectory(root, new FaultyFileSystem())).leftoversRemoved).toBe(3)
    expect(await readdir(join(root, '.temp'))).toEqual([])
    expect(await readdir(join(root, 'X3'))).toEqual(['one'])
  })

  it('refuses blocks in another layout', async () => {
    const other = await temporaryDirectory()
    await writeFile(join(other, 'SHARDING'), '/repo/flatfs/shard/v1/prefix/4\n')
    const refusal = { code: 'ERR_INVALID_PARAMETERS', message: expect.stringContaining('prefix/4') as string }
    await expect(prepareDirectory(other, new FaultyFileSystem())).rejects.toMatchObject(refusal)

    const unnamed = await temporaryDirectory()
    await mkdir(join(unnamed, 'RQ'))
    await expect(prepareDirectory(unnamed, new FaultyFileSystem())).rejects.toMatchObject({
      code: 'ERR_INVALID_PARAMETERS',
      message: expect.stringContaining('no SHARDING file') as string
    })
  })
})
