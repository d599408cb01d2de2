import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MemoryBlockstore as CoreMemoryBlockstore } from 'blockstore-core'
import { FsBlockstore } from 'blockstore-fs'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import { NotFoundError } from 'interface-store'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { blockstorePortCases } from '../../src/testing/blockstore-suite.ts'
import { blockOf, numberedBlock } from '../../src/testing/sample-blocks.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const hashers = await createHashers()
const close = (): void => undefined

/** A store of which only `get`, `has` and `put` matter, each replaced as a test needs. */
function storeWith(parts: Partial<InterfaceBlockstore>): InterfaceBlockstore {
  return Object.assign(new CoreMemoryBlockstore(), parts)
}

/** Fails when it is read, not when it is made, as stores do. */
function* failingNow(error: unknown): Generator<Uint8Array> {
  throw error
}

async function* failingLater(error: unknown): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  throw error
}

describe('toBlockstorePort of blockstore-core', () => {
  const open = () => ({ store: toBlockstorePort(new CoreMemoryBlockstore()), close })
  for (const { name, run } of blockstorePortCases(open)) it(name, run)

  it('answers at once where the store does', () => {
    const port = toBlockstorePort(new CoreMemoryBlockstore())
    const { cid, bytes } = numberedBlock(1)
    expect(port.get(cid)).toBeUndefined()
    expect(port.size(cid)).toBeUndefined()
    expect(port.put(cid, bytes)).toBeUndefined()
    expect(port.get(cid)).toBe(bytes)
    expect(port.size(cid)).toBe(64)
  })
})

describe('toBlockstorePort of blockstore-fs', () => {
  const open = async () => {
    const store = new FsBlockstore(await temporaryDirectory())
    await store.open()
    return { store: toBlockstorePort(store, { verifyWith: hashers }), close: () => store.close() }
  }
  for (const { name, run } of blockstorePortCases(open)) it(name, run)

  it('takes a damaged file for absent when it verifies, and says so', async () => {
    const root = await temporaryDirectory()
    const store = new FsBlockstore(root)
    await store.open()
    const logger = new RecordingLogger()
    const port = toBlockstorePort(store, { verifyWith: hashers, logger })
    const { cid, bytes } = numberedBlock(1)
    await port.put(cid, bytes)
    const file = (await readdir(root, { recursive: true })).find((name) => name.endsWith('.data')) ?? ''
    await writeFile(join(root, file), '')
    expect(await port.get(cid)).toBeUndefined()
    expect(await port.size(cid)).toBeUndefined()
    expect(logger.messages('warn')).toHaveLength(2)
    expect(await toBlockstorePort(store).get(cid)).toEqual(new Uint8Array(0))
  })
})

describe('toBlockstorePort, failures', () => {
  it.each([
    ['the class of interface-store', new NotFoundError()],
    ['a name', Object.assign(new Error('none'), { name: 'NotFoundError' })],
    ['a code', Object.assign(new Error('none'), { code: 'ERR_NOT_FOUND' })]
  ])('knows absence by %s', async (_name, error) => {
    const { cid } = numberedBlock(1)
    const now = storeWith({ get: () => failingNow(error), has: () => true })
    expect(toBlockstorePort(now).get(cid)).toBeUndefined()
    const later = storeWith({ get: () => failingLater(error), has: () => Promise.resolve(true) })
    expect(await toBlockstorePort(later).get(cid)).toBeUndefined()
    expect(await toBlockstorePort(later).size(cid)).toBeUndefined()
  })

  it.each([
    ['EIO', Object.assign(new Error('EIO'), { code: 'EIO' })],
    ['EMFILE', Object.assign(new Error('EMFILE'), { code: 'EMFILE' })],
    ['ENOENT of something else', Object.assign(new Error('ENOENT'), { code: 'ENOENT' })],
    ['GetFailedError', Object.assign(new Error('level'), { name: 'GetFailedError' })],
    ['no error at all', 'text']
  ])('takes nothing else for absence: %s', async (_name, cause) => {
    const { cid, bytes } = numberedBlock(1)
    const failure = expect.objectContaining({ code: 'ERR_STORE', cause }) as Error
    const now = toBlockstorePort(storeWith({ get: () => failingNow(cause), has: () => true }))
    expect(() => now.get(cid)).toThrow(failure)
    expect(() => now.size(cid)).toThrow(failure)
    const port = toBlockstorePort(
      storeWith({
        get: () => failingLater(cause),
        has: () => Promise.reject(cause),
        put: () => Promise.reject(cause)
      })
    )
    await expect(port.get(cid)).rejects.toEqual(failure)
    await expect(port.size(cid)).rejects.toEqual(failure)
    await expect(port.put(cid, bytes)).rejects.toEqual(failure)
  })

  it('gives the reason of the signal, whatever the store makes of it', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const store = storeWith({
      get: () => {
        controller.abort(reason)
        return failingLater(new NotFoundError('aborted'))
      }
    })
    await expect(toBlockstorePort(store).get(numberedBlock(1).cid, { signal: controller.signal })).rejects.toBe(reason)
  })
})

describe('toBlockstorePort, sizes', () => {
  it('reads a block once for its size, and no more', () => {
    const { cid, bytes } = numberedBlock(1)
    let reads = 0
    const store = storeWith({
      has: () => true,
      get: function* () {
        reads += 1
        yield bytes
      }
    })
    const port = toBlockstorePort(store)
    expect([port.size(cid), port.size(cid), port.size(cid)]).toEqual([64, 64, 64])
    expect(reads).toBe(1)
  })

  it('notices that a block was deleted from the store', async () => {
    const store = new CoreMemoryBlockstore()
    const port = toBlockstorePort(store)
    const { cid, bytes } = numberedBlock(1)
    await port.put(cid, bytes)
    await store.delete(cid)
    expect(port.size(cid)).toBeUndefined()
  })

  it('remembers as many as allowed', async () => {
    let reads = 0
    const blocks = [1, 2, 3].map((number) => numberedBlock(number))
    const store = storeWith({
      has: () => true,
      get: function* (cid) {
        reads += 1
        yield blocks.find((block) => block.cid.equals(cid))?.bytes ?? new Uint8Array(0)
      }
    })
    const port = toBlockstorePort(store, { maxSizes: 2 })
    for (const { cid } of blocks) await port.size(cid)
    for (const { cid } of blocks.slice(1)) await port.size(cid)
    expect(reads).toBe(3)
    for (const { cid } of blocks.slice(0, 1)) await port.size(cid)
    expect(reads).toBe(4)
  })

  it('collects a block that comes in pieces', async () => {
    const { cid, bytes } = blockOf(Uint8Array.of(1, 2, 3, 4))
    const store = storeWith({
      get: async function* () {
        yield await Promise.resolve(bytes.subarray(0, 1))
        yield bytes.subarray(1)
      }
    })
    expect(await toBlockstorePort(store).get(cid)).toEqual(bytes)
  })
})
