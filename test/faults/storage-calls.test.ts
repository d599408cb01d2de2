import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/errors.ts'
import { createHashers } from '../../src/hashing/hashers.ts'
import { DurableBlockstore } from '../../src/storage/durable-blockstore.ts'
import { nodeFileSystem } from '../../src/storage/file-system.ts'
import { numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { failing, FaultyFileSystem, type FileCall } from '../support/faulty-file-system.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/*
 * An operation is repeated while its first, second, third … call on the disk fails, until it runs through without a call
 * left to fail; once with one failure, once with a disk that stays broken. Whatever fails, the store must not acknowledge
 * what is not stored, must not take a failure for absence, and must work again when the disk does.
 */

const hashers = await createHashers()
const STORED = numberedBlock(1, 3_000)
const FRESH = numberedBlock(2, 3_000)
const ABSENT = numberedBlock(3, 3_000)

interface Scene {
  readonly root: string
  readonly disk: FaultyFileSystem
  readonly store: DurableBlockstore
}

async function open(root: string, disk: FaultyFileSystem): Promise<DurableBlockstore> {
  return DurableBlockstore.open(root, { hashers, fileSystem: disk, wait: () => Promise.resolve() })
}

/** A store that holds one block of an earlier process, opened on a disk that still works. */
async function scene(): Promise<Scene> {
  const root = await temporaryDirectory()
  const before = await DurableBlockstore.open(root, { hashers })
  await before.writeBlock(STORED.cid, STORED.bytes)
  await before.close()
  const disk = new FaultyFileSystem()
  return { root, disk, store: await open(root, disk) }
}

/** Returns what was acknowledged to be stored. An answer that is wrong fails the test. */
type Operation = (scene: Scene) => Promise<readonly SampleBlock[]>

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'put of a new block': async ({ store }) => {
    await store.put(FRESH.cid, FRESH.bytes)
    return [STORED, FRESH]
  },
  'put of a block that is there': async ({ store }) => {
    await store.put(STORED.cid, STORED.bytes)
    return [STORED]
  },
  'put of many at once': async ({ store }) => {
    const blocks = Array.from({ length: 4 }, (_, number) => numberedBlock(100 + number))
    const puts = await Promise.allSettled(blocks.map(async ({ cid, bytes }) => store.put(cid, bytes)))
    for (const put of puts) if (put.status === 'rejected') expect(put.reason).toBeInstanceOf(StoreError)
    return [STORED, ...blocks.filter((_, number) => puts[number]?.status === 'fulfilled')]
  },
  get: async ({ store }) => {
    expect(await store.readBlock(STORED.cid)).toEqual(STORED.bytes)
    return [STORED]
  },
  'get of an absent block': async ({ store }) => {
    expect(await store.readBlock(ABSENT.cid)).toBeUndefined()
    return [STORED]
  },
  size: async ({ store }) => {
    expect(await store.sizeOf(STORED.cid)).toBe(STORED.bytes.byteLength)
    return [STORED]
  },
  list: async ({ store }) => {
    const listed: string[] = []
    for await (const { cid } of store.getAll()) listed.push(cid.toString())
    expect(listed).toEqual([STORED.cid.toString()])
    return [STORED]
  },
  delete: async ({ store }) => {
    await store.delete(STORED.cid)
    return []
  },
  open: async ({ root, disk }) => {
    const store = await open(root, disk)
    expect(await store.readBlock(STORED.cid)).toEqual(STORED.bytes)
    return [STORED]
  },
  'open of a new directory': async ({ root, disk }) => {
    const store = await open(join(root, 'a', 'b'), disk)
    expect(await store.readBlock(ABSENT.cid)).toBeUndefined()
    return [STORED]
  }
}

interface Run {
  /** The call that failed first, or undefined when the operation made fewer calls. */
  readonly failed: FileCall | undefined
  /** What was acknowledged; undefined when the operation was refused. */
  readonly acknowledged: readonly SampleBlock[] | undefined
}

/** Runs an operation with one call failing, and checks what is left of it. */
async function runWithFault(operation: Operation, number: number, code: string, persistently: boolean): Promise<Run> {
  const stage = await scene()
  const start = stage.disk.calls.length
  stage.disk.intercept = failing(start + number, code, persistently)
  let acknowledged: readonly SampleBlock[] | undefined
  try {
    acknowledged = await operation(stage)
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError)
  }
  const failed = stage.disk.calls[start + number - 1]
  stage.disk.intercept = () => undefined
  await checkRecovered(stage, acknowledged ?? [])
  return { failed, acknowledged }
}

/** Whether all may end well though this call failed: it is repeated, or its answer can be done without. */
function isHarmless(name: string, call: FileCall, code: string, persistently: boolean): boolean {
  if (code === 'EMFILE' && !persistently) return ['open', 'readFile', 'readdir', 'syncDirectory'].includes(call.name)
  return name.startsWith('put') && call.name === 'readFile'
}

async function checkRecovered({ root, store }: Scene, acknowledged: readonly SampleBlock[]): Promise<void> {
  // The same store works again, without being opened anew.
  await store.put(FRESH.cid, FRESH.bytes)
  expect(await store.readBlock(FRESH.cid)).toEqual(FRESH.bytes)
  await store.close()
  // And what was acknowledged is there for the next process, on a disk of its own.
  const next = await DurableBlockstore.open(root, { hashers, fileSystem: nodeFileSystem })
  for (const { cid, bytes } of acknowledged) expect(await next.readBlock(cid)).toEqual(bytes)
  for await (const { cid } of next.getAll()) expect(await next.readBlock(cid)).toBeDefined()
  expect(next.counters().quarantined).toBe(0)
  expect(await readdir(join(root, '.temp'))).toEqual([])
  await next.close()
}

describe.each(Object.entries(OPERATIONS))('a failing disk: %s', (name, operation) => {
  it.each(['EIO', 'ENOSPC', 'EMFILE', 'EACCES'])('%s, once and for good', async (code) => {
    const whole = await runWithFault(operation, Number.POSITIVE_INFINITY, code, false)
    for (const persistently of [false, true]) {
      for (let number = 1; ; number++) {
        const { failed, acknowledged } = await runWithFault(operation, number, code, persistently)
        if (failed === undefined) {
          expect(number).toBeGreaterThan(1)
          break
        }
        const complete = acknowledged?.length === whole.acknowledged?.length
        if (complete) expect(isHarmless(name, failed, code, persistently), `${failed.name} failed unnoticed`).toBe(true)
      }
    }
  })
})
