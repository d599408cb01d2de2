import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { CollectAbortedError } from '../../src/content/collector.ts'
import { localSource } from '../../src/content/collector.ts'
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
      for await (const event of world.collector.collect()) told.push(`${event.type} ${event.cid.toString()}`)
    }
    await expect(run()).rejects.toBeInstanceOf(CollectAbortedError)
    expect(told).toEqual([`unreadable ${FOLDER.cid.toString()}`])
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
    store(world, A, B, C, FOLDER)
    await world.pinner.add(FOLDER.cid, localSource(world.blocks))
    const events = world.collector.collect()
    expect((await events.next()).value).toMatchObject({ type: 'removed' })
    await events.return(undefined)
    expect(world.collector.status().last?.error).toBe('it was stopped')
    expect(await gather(world.collector.collect())).toEqual([])
  })
})
