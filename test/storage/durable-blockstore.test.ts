import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { MAX_BLOCK_BYTES } from '../../src/message/limits.ts'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { DurableBlockstore } from '../../src/storage/durable-blockstore.ts'
import type { DurableBlockstoreOptions } from '../../src/storage/durable-options.ts'
import { placeOf } from '../../src/storage/layout.ts'
import { blockstoreCases, blockstorePortCases } from '../../src/testing/blockstore-suite.ts'
import { blockOf, numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { diskError, FaultyFileSystem } from '../support/faulty-file-system.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const hashers = await createHashers()

interface Scene {
  readonly root: string
  readonly disk: FaultyFileSystem
  readonly logger: RecordingLogger
  readonly store: DurableBlockstore
}

async function scene(options: Partial<DurableBlockstoreOptions> = {}): Promise<Scene> {
  const root = await temporaryDirectory()
  const disk = new FaultyFileSystem()
  const logger = new RecordingLogger()
  const store = await DurableBlockstore.open(root, { hashers, fileSystem: disk, logger, ...options })
  return { root, disk, logger, store }
}

function fileOf(root: string, { cid }: SampleBlock): string {
  const place = placeOf(cid)
  if (place === undefined) throw new Error('no place')
  return join(root, place.directory, place.file)
}

/** A block that is stored and settled, and then damaged behind the store's back. */
async function damaged(
  damage: (file: string, block: SampleBlock) => Promise<void>,
  options: Partial<DurableBlockstoreOptions> = {}
): Promise<Scene & { readonly block: SampleBlock }> {
  const made = await scene(options)
  const block = numberedBlock(1, 10_000)
  await made.store.writeBlock(block.cid, block.bytes)
  await damage(fileOf(made.root, block), block)
  return { ...made, block }
}

async function flipOneBit(file: string): Promise<void> {
  const bytes = await readFile(file)
  bytes.writeUInt8(bytes.readUInt8(5_000) ^ 4, 5_000)
  await writeFile(file, bytes)
}

const DAMAGES: readonly [name: string, damage: (file: string) => Promise<void>][] = [
  ['one bit flipped', flipOneBit],
  ['cut short', (file) => truncate(file, 9_999)],
  ['cut to nothing', (file) => truncate(file, 0)],
  ['a byte too many', (file) => writeFile(file, 'x', { flag: 'a' })],
  ['the contents of another block', (file) => writeFile(file, numberedBlock(2, 10_000).bytes)]
]

describe('DurableBlockstore as any blockstore', () => {
  const open = async () => {
    const { store } = await scene()
    return { store, close: () => store.close() }
  }
  for (const { name, run } of blockstoreCases(open)) it(name, run)
  const openPort = async () => {
    const { store } = await scene({ durability: 'fast' })
    return { store: toBlockstorePort(store), close: () => store.close() }
  }
  for (const { name, run } of blockstorePortCases(openPort)) it(name, run)
})

describe('DurableBlockstore, putting', () => {
  it('writes one block once, however many put it, and gives them one promise', async () => {
    const { store, disk } = await scene()
    const { cid, bytes } = numberedBlock(1)
    const puts = Array.from({ length: 20 }, () => store.writeBlock(cid, bytes))
    expect(new Set(puts).size).toBe(1)
    for (const put of puts) await put
    expect(disk.count('rename', '.data')).toBe(1)
    expect(store.writeBlock(cid, bytes)).toBeUndefined()
    expect(store.counters()).toMatchObject({ blocksWritten: 1, blocksPresent: 1 })
  })

  it('does not trust a block of an earlier process to be on the disk: it syncs before it answers', async () => {
    const { root, store } = await scene({ durability: 'fast' })
    const block = numberedBlock(1)
    await store.writeBlock(block.cid, block.bytes)
    await store.close()
    const disk = new FaultyFileSystem()
    const next = await DurableBlockstore.open(root, { hashers, fileSystem: disk })
    expect(await next.sizeOf(block.cid)).toBe(64)
    await next.writeBlock(block.cid, block.bytes)
    expect(disk.count('sync', fileOf(root, block))).toBe(1)
    expect(disk.calls.at(-1)).toMatchObject({ name: 'syncDirectory', path: join(fileOf(root, block), '..') })
    expect(disk.count('write', '.data')).toBe(0)
    expect(next.counters()).toMatchObject({ blocksWritten: 0, blocksPresent: 1 })
  })

  it('does not answer a second put with a first one whose directory was never synced', async () => {
    const { root, store, disk } = await scene()
    const block = numberedBlock(1)
    const shard = join(fileOf(root, block), '..')
    disk.intercept = ({ name, path }) => (name === 'syncDirectory' && path === shard ? diskError('EIO') : undefined)
    await expect(store.writeBlock(block.cid, block.bytes)).rejects.toMatchObject({ code: 'ERR_STORE' })
    await expect(store.writeBlock(block.cid, block.bytes)).rejects.toMatchObject({ code: 'ERR_STORE' })
    disk.intercept = () => undefined
    const before = disk.count('syncDirectory', shard)
    await store.writeBlock(block.cid, block.bytes)
    expect(disk.count('syncDirectory', shard)).toBeGreaterThan(before)
  })

  it('refuses what no message carries, unless told otherwise', async () => {
    const { cid, bytes } = numberedBlock(1, MAX_BLOCK_BYTES + 1)
    const { store } = await scene()
    expect(() => store.writeBlock(cid, bytes)).toThrow(expect.objectContaining({ code: 'ERR_BLOCK_TOO_LARGE' }))
    const { store: larger } = await scene({ maxBlockBytes: 4 * 1024 * 1024 })
    await larger.writeBlock(cid, bytes)
    expect(await larger.readBlock(cid)).toEqual(bytes)
  })

  it('refuses a multihash too long for a file name, and never has it', async () => {
    const { store } = await scene()
    const cid = CID.createV1(0x55, Digest.create(0x13, new Uint8Array(200)))
    expect(() => store.writeBlock(cid, new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_PARAMETERS' })
    )
    await store.delete(cid)
    expect([await store.readBlock(cid), await store.sizeOf(cid)]).toEqual([undefined, undefined])
  })

  it('keeps a put that comes after a deletion, though another came before', async () => {
    const { store } = await scene()
    const { cid, bytes } = numberedBlock(1)
    const calls = [store.writeBlock(cid, bytes), store.delete(cid), store.writeBlock(cid, bytes)]
    for (const call of calls) await call
    expect(await store.readBlock(cid)).toEqual(bytes)
    await Promise.all([store.delete(cid), store.put(cid, bytes)])
    expect(await store.readBlock(cid)).toEqual(bytes)
    await store.delete(cid)
    // Asked for when the first put has just ended and the deletion has not yet begun.
    const first = Promise.resolve(store.writeBlock(cid, bytes))
    const second = first.then(() => store.writeBlock(cid, bytes))
    await Promise.all([store.delete(cid), second])
    expect(await store.readBlock(cid)).toEqual(bytes)
    await Promise.all([store.put(cid, bytes), store.delete(cid)])
    expect([await store.readBlock(cid), await store.sizeOf(cid)]).toEqual([undefined, undefined])
  })

  it('runs a put to its end though its signal fires: another may have joined', async () => {
    const { store } = await scene()
    const { cid, bytes } = numberedBlock(1)
    const controller = new AbortController()
    const put = store.writeBlock(cid, bytes, { signal: controller.signal })
    controller.abort()
    await put
    expect(await store.readBlock(cid)).toEqual(bytes)
  })

  it('opens no more files at a time than allowed', async () => {
    const { store, disk } = await scene({ maxOpenFiles: 3 })
    let open = 0
    let most = 0
    disk.intercept = ({ name, path }) => {
      if (name === 'open' && path.includes('.temp')) most = Math.max(most, ++open)
      if (name === 'close' && path.includes('.temp')) open -= 1
      return undefined
    }
    const blocks = Array.from({ length: 40 }, (_, number) => numberedBlock(number))
    await Promise.all(blocks.map(async ({ cid, bytes }) => store.writeBlock(cid, bytes)))
    expect(most).toBe(3)
  })
})

describe('DurableBlockstore, reading', () => {
  it('knows sizes without the disk after a put, a read or a look, as many as allowed', async () => {
    const { store, disk } = await scene({ maxSizes: 2 })
    const blocks = [1, 2, 3].map((number) => numberedBlock(number, number))
    for (const { cid, bytes } of blocks) await store.writeBlock(cid, bytes)
    const calls = disk.calls.length
    expect(blocks.slice(1).map(({ cid }) => store.sizeOf(cid))).toEqual([2, 3])
    expect(disk.calls.length).toBe(calls)
    expect(await store.sizeOf((blocks[0] as SampleBlock).cid)).toBe(1)
    expect(disk.count('stat')).toBe(1)
  })

  it('gives bytes of their own, which are no Buffer', async () => {
    const { store } = await scene()
    const { cid, bytes } = numberedBlock(1)
    await store.writeBlock(cid, bytes)
    const read = await store.readBlock(cid)
    expect(read).not.toBeInstanceOf(Buffer)
    expect(read?.buffer.byteLength).toBe(64)
  })

  it('takes only a missing file for absence', async () => {
    const { store, disk } = await scene()
    const { cid, bytes } = numberedBlock(1)
    await store.writeBlock(cid, bytes)
    const stranger = numberedBlock(2).cid
    for (const code of ['EIO', 'EACCES', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']) {
      const cause = diskError(code)
      disk.intercept = () => cause
      await expect(store.readBlock(cid)).rejects.toMatchObject({ code: 'ERR_STORE', cause })
      await expect(store.sizeOf(stranger)).rejects.toMatchObject({ code: 'ERR_STORE', cause })
      await expect(store.has(stranger)).rejects.toMatchObject({ code: 'ERR_STORE' })
      await expect(store.get(cid).next()).rejects.toMatchObject({ code: 'ERR_STORE' })
    }
    disk.intercept = () => undefined
    expect(await store.readBlock(cid)).toEqual(bytes)
  })

  it('finds out that a file was removed behind its back', async () => {
    const { root, store } = await scene()
    const block = numberedBlock(1)
    await store.writeBlock(block.cid, block.bytes)
    await rm(fileOf(root, block))
    expect(await store.readBlock(block.cid)).toBeUndefined()
    expect(await store.sizeOf(block.cid)).toBeUndefined()
    await store.writeBlock(block.cid, block.bytes)
    expect(await store.readBlock(block.cid)).toEqual(block.bytes)
  })

  it('will not vouch for a hash function that it cannot compute', async () => {
    const { store } = await scene()
    const cid = CID.createV1(0x55, Digest.create(0x1b, new Uint8Array(32)))
    await store.writeBlock(cid, new Uint8Array(3))
    await expect(store.readBlock(cid)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_HASH' })
  })

  it('lists blocks of any hash function, and passes over what is no block', async () => {
    const { root, store } = await scene()
    const codes = [0x12, 0x13, 0x14, 0x16, 0x1e, 0xb220]
    const cids = codes.map((code) => CID.createV1(0x55, Digest.create(code, hashers.digest(code, new Uint8Array(9)))))
    for (const cid of cids) await store.writeBlock(cid, new Uint8Array(9))
    const shard = join(fileOf(root, numberedBlock(1)), '..')
    await store.writeBlock(numberedBlock(1).cid, numberedBlock(1).bytes)
    await writeFile(join(shard, 'stray.data'), 'x')
    await writeFile(join(root, 'ZZ'), 'a file with the name of a directory')
    const listed: string[] = []
    for await (const { cid } of store.getAll()) listed.push(cid.toString())
    expect(listed.sort()).toEqual([...cids, numberedBlock(1).cid].map((cid) => cid.toString()).sort())
  })
})

describe('DurableBlockstore, damaged', () => {
  it.each(DAMAGES)('%s: quarantined, counted, logged, absent; healed by a put', async (_name, damage) => {
    const { root, store, logger, block } = await damaged(damage)
    expect(await store.readBlock(block.cid)).toBeUndefined()
    expect(store.counters().quarantined).toBe(1)
    expect(logger.messages('error')).toEqual(['a damaged block went to quarantine'])
    expect(await readdir(join(root, 'quarantine'))).toEqual([`${placeOf(block.cid)?.key ?? ''}.corrupt`])
    expect(await store.sizeOf(block.cid)).toBeUndefined()
    await expect(store.get(block.cid).next()).rejects.toMatchObject({ name: 'NotFoundError' })
    await store.writeBlock(block.cid, block.bytes)
    expect(await store.readBlock(block.cid)).toEqual(block.bytes)
    expect(await readdir(join(root, 'quarantine'))).toEqual([])
    expect(store.counters()).toMatchObject({ quarantined: 1, healed: 1 })
  })

  it('lets go of what lies in quarantine when the block is put that somebody brought back by hand', async () => {
    const { root, store, block } = await damaged(flipOneBit)
    expect(await store.readBlock(block.cid)).toBeUndefined()
    await writeFile(fileOf(root, block), block.bytes)
    await store.writeBlock(block.cid, block.bytes)
    expect(await readdir(join(root, 'quarantine'))).toEqual([])
    expect(store.counters()).toMatchObject({ blocksPresent: 1, quarantined: 1, healed: 1 })
  })

  it.each(DAMAGES)('%s, found by a put of a new process: written anew', async (_name, damage) => {
    const { root, store, block } = await damaged(damage)
    await store.close()
    const next = await DurableBlockstore.open(root, { hashers })
    await next.writeBlock(block.cid, block.bytes)
    expect(await next.readBlock(block.cid)).toEqual(block.bytes)
    expect(next.counters()).toMatchObject({ blocksWritten: 1, quarantined: 1, healed: 1 })
  })

  it.each([true, false])('is replaced in one step, or left as it is; verify %s', async (verify) => {
    const { root, store, disk, logger, block } = await damaged(flipOneBit, { verify })
    const before = await readFile(fileOf(root, block))
    disk.intercept = ({ name, path }) => (name === 'open' && path.includes('.temp') ? diskError('ENOSPC') : undefined)
    await expect(store.rewrite(block.cid, block.bytes)).rejects.toThrow('ENOSPC')
    expect(await readFile(fileOf(root, block))).toEqual(before)
    expect([disk.count('unlink'), store.counters().quarantined]).toEqual([0, 0])
    disk.intercept = () => undefined
    await store.rewrite(block.cid, block.bytes)
    expect(await store.readBlock(block.cid)).toEqual(block.bytes)
    expect(store.counters()).toMatchObject({ quarantined: 1, healed: 1 })
    expect([disk.count('unlink'), logger.messages('error')]).toEqual([0, ['a damaged block was stored anew']])
  })

  it('does not tell the size of an empty file that cannot be the block', async () => {
    const { root, store, block } = await damaged((file) => truncate(file, 0))
    await store.close()
    const next = await DurableBlockstore.open(root, { hashers })
    expect(await next.sizeOf(block.cid)).toBeUndefined()
    expect(next.counters().quarantined).toBe(1)
    const empty = blockOf(new Uint8Array(0))
    await next.writeBlock(empty.cid, empty.bytes)
    const last = await DurableBlockstore.open(root, { hashers })
    expect(await last.sizeOf(empty.cid)).toBe(0)
  })

  it('does not let wrong bytes replace right ones', async () => {
    const { root, store } = await scene()
    const block = numberedBlock(1)
    await store.writeBlock(block.cid, block.bytes)
    const next = await DurableBlockstore.open(root, { hashers })
    await expect(next.writeBlock(block.cid, new Uint8Array(64))).rejects.toMatchObject({ code: 'ERR_HASH_MISMATCH' })
    expect(await next.readBlock(block.cid)).toEqual(block.bytes)
  })

  it('stays absent when quarantine fails, and says so', async () => {
    const { store, disk, logger, block } = await damaged(flipOneBit)
    disk.intercept = ({ path }) => (path.includes('quarantine') ? diskError('EROFS') : undefined)
    expect(await store.readBlock(block.cid)).toBeUndefined()
    expect(logger.messages('error')).toEqual(['a damaged block could not be put in quarantine'])
    disk.intercept = () => undefined
    await store.writeBlock(block.cid, block.bytes)
    expect(await store.readBlock(block.cid)).toEqual(block.bytes)
  })

  it('does not quarantine a block that was healed while it was read', async () => {
    const { root, store, disk, block } = await damaged(flipOneBit)
    await rm(fileOf(root, block))
    await writeFile(fileOf(root, block), 'damage')
    let reads = 0
    disk.intercept = ({ name }) =>
      name === 'readFile' && ++reads === 2 ? writeFile(fileOf(root, block), block.bytes) : undefined
    expect(await store.readBlock(block.cid)).toEqual(block.bytes)
    expect(store.counters().quarantined).toBe(0)
  })

  it('keeps one damaged copy of a block, not one for each time', async () => {
    const { root, store, block } = await damaged(flipOneBit)
    expect(await store.readBlock(block.cid)).toBeUndefined()
    for (let round = 0; round < 3; round++) {
      await store.writeBlock(block.cid, block.bytes)
      await flipOneBit(fileOf(root, block))
      expect(await store.readBlock(block.cid)).toBeUndefined()
    }
    expect(await readdir(join(root, 'quarantine'))).toHaveLength(1)
    expect(store.counters().quarantined).toBe(4)
  })

  it('hands out what is on the disk when verifying is off', async () => {
    const { store, block } = await damaged(flipOneBit, { verify: false })
    const read = await store.readBlock(block.cid)
    expect(read).toHaveLength(10_000)
    expect(read).not.toEqual(block.bytes)
  })
})

describe('DurableBlockstore, opening and closing', () => {
  it('tells of leftovers', async () => {
    const root = await temporaryDirectory()
    await (await DurableBlockstore.open(root, { hashers })).close()
    await writeFile(join(root, '.temp', 'left'), 'half a block')
    const logger = new RecordingLogger()
    const store = await DurableBlockstore.open(root, { hashers, logger })
    expect(store.counters().leftoversRemoved).toBe(1)
    expect(logger.messages('warn')).toHaveLength(1)
  })

  it('waits for puts under way when it closes, and refuses what comes after', async () => {
    const { root, store } = await scene()
    const { cid, bytes } = numberedBlock(1)
    const put = store.writeBlock(cid, bytes)
    await store.close()
    const next = await DurableBlockstore.open(root, { hashers })
    expect(await next.readBlock(cid)).toEqual(bytes)
    await put
    expect(() => store.writeBlock(cid, bytes)).toThrow('closed')
    await expect(store.readBlock(cid)).rejects.toMatchObject({ code: 'ERR_STORE' })
    expect(() => store.sizeOf(cid)).toThrow('closed')
  })
})
