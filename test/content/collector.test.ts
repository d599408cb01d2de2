import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { CollectAbortedError, Collector, localSource, type KeptRoot } from '../../src/content/collector.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { all } from '../support/memory-content.ts'
import { contentWorld, gather, leaf, node, type Made } from './content-world.ts'

const A = leaf('a')
const B = leaf('b')
const C = leaf('c')
const FOLDER = node([A, B])
const ROOT = node([FOLDER, C])

function store({ memory }: ReturnType<typeof contentWorld>, ...made: Made[]): void {
  for (const { cid, bytes } of made) memory.writeBlock(cid, bytes)
}

/** Collected blocks are told by their multihash, in raw CIDs. */
function raw(...made: Made[]): string[] {
  return made.map(({ cid }) => CID.createV1(0x55, cid.multihash).toString()).sort()
}

describe('a collection', () => {
  it('removes what no pin keeps, and nothing else', async () => {
    const world = contentWorld()
    const loose = leaf('loose')
    store(world, A, B, C, FOLDER, ROOT, loose)
    await world.pinner.add(FOLDER.cid, localSource(world.blocks))
    await world.pinner.add(loose.cid, localSource(world.blocks), { recursive: false })
    expect((await gather(world.collector.collect())).sort()).toEqual(raw(C, ROOT))
    expect(world.memory.blocks).toBe(4)
    const { last, state, current } = world.collector.status()
    expect([state, current]).toEqual(['idle', undefined])
    expect(last).toMatchObject({ marked: 4, removed: 2, bytesFreed: C.bytes.length + ROOT.bytes.length })
  })

  it('removes nothing when something that must stay cannot be read, and says what', async () => {
    const world = contentWorld()
    store(world, A, B, C, FOLDER, ROOT, leaf('loose'))
    await world.pinner.add(ROOT.cid, localSource(world.blocks))
    world.memory.delete(FOLDER.cid)
    const told: string[] = []
    const run = async (): Promise<void> => {
      for await (const event of world.collector.collect()) {
        if (event.type === 'unreadable') told.push(event.cid.toString())
      }
    }
    await expect(run()).rejects.toBeInstanceOf(CollectAbortedError)
    expect(told).toEqual([FOLDER.cid.toString()])
    expect(world.memory.blocks).toBe(5)
    expect(world.collector.status().last?.error).toContain('garbage collection aborted')
  })

  it('goes into a folder that is pinned as plain bytes, too', async () => {
    const world = contentWorld()
    store(world, A, B, FOLDER)
    // In the order of the datastore the raw one may come first.
    await world.pinner.add(CID.createV1(0x55, FOLDER.cid.multihash), localSource(world.blocks))
    await world.pinner.add(FOLDER.cid, localSource(world.blocks))
    expect(await gather(world.collector.collect())).toEqual([])
  })

  it('leaves what was put or taken in hand since it began, and what was in hand then', async () => {
    const { blocks, memory } = contentWorld()
    for (const { cid, bytes } of [A, B, C]) memory.writeBlock(cid, bytes)
    const early = blocks.lease()
    await early.touch(A.cid)
    const collection = blocks.beginCollection()
    early.release()
    await blocks.writeBlock(B.cid, B.bytes)
    expect([await collection.remove(A.cid), await collection.remove(B.cid)]).toEqual([false, false])
    expect(await collection.remove(C.cid)).toBe(true)
    collection.end()
    // What was in hand only then is like any other now.
    const next = blocks.beginCollection()
    expect([await next.remove(A.cid), await next.remove(B.cid), memory.blocks]).toEqual([true, true, 0])
  })

  it('that is left half way leaves the store as good as before', async () => {
    const world = contentWorld()
    const loose = Array.from({ length: 50 }, (_, i) => leaf(String(i)))
    store(world, A, B, C, FOLDER, ...loose)
    await world.pinner.add(FOLDER.cid, localSource(world.blocks))
    const events = world.collector.collect()
    expect((await events.next()).value).toMatchObject({ type: 'removed' })
    await events.return(undefined)
    const { state, last } = world.collector.status()
    expect([state, last?.error]).toEqual(['idle', 'it was stopped'])
    const left = world.memory.blocks
    expect(left).toBeGreaterThan(3)
    expect(await gather(world.collector.collect())).toHaveLength(left - 3)
    expect(world.memory.blocks).toBe(3)
  })

  it('goes on though nobody reads of it, and tells afterwards how much was not told', async () => {
    const world = contentWorld()
    for (let i = 0; i < 5_000; i++) store(world, leaf(String(i)))
    const resting = world.collector.collect()
    await resting.next()
    const next = gather(world.collector.collect())
    await world.clock.pass(5_000)
    expect(await next).toEqual([])
    expect(world.memory.blocks).toBe(0)
    const rest = await all(resting)
    expect(rest.slice(0, -1).every(({ type }) => type === 'removed')).toBe(true)
    // One had been read, and 4,096 waited.
    expect(rest.at(-1)).toEqual({ type: 'untold', removed: 5_000 - 1 - 4_096 })
  })

  it('is given up while it waits for its turn, and lets later ones have theirs', async () => {
    const { blocks } = contentWorld()
    const opened = Promise.withResolvers<undefined>()
    let asked = 0
    const roots = async function* (): AsyncGenerator<KeptRoot> {
      asked += 1
      await opened.promise
      yield* []
    }
    const collector = new Collector({ store: blocks, roots, clock: new ManualClock() })
    const first = gather(collector.collect())
    const controller = new AbortController()
    const second = gather(collector.collect({ signal: controller.signal }))
    const third = gather(collector.collect())
    controller.abort(new Error('no longer wanted'))
    await expect(second).rejects.toThrow('no longer wanted')
    expect(asked).toBe(1)
    opened.resolve(undefined)
    expect([await first, await third, asked]).toEqual([[], [], 2])
  })
})
