import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { describe, expect, it } from 'vitest'
import { localSource } from '../../src/content/collector.ts'
import { KeySet } from '../../src/content/key-set.ts'
import { TouchedKeys } from '../../src/storage/touched-keys.ts'
import { cidKey } from '../../src/ids.ts'
import { all } from '../support/memory-content.ts'
import { contentWorld, gather, leaf, node } from './content-world.ts'

const A = leaf('a')
const B = leaf('b')
const FOLDER = node([A, B])
const NEXT = node([FOLDER])

function world(datastore = new MemoryDatastore()) {
  const made = contentWorld(undefined, datastore)
  for (const { cid, bytes } of [A, B, FOLDER, NEXT]) made.memory.writeBlock(cid, bytes)
  return { ...made, source: localSource(made.blocks) }
}

describe('pins', () => {
  it('are found by another process, with their names', async () => {
    const datastore = new MemoryDatastore()
    const { pinner, source } = world(datastore)
    await pinner.add(FOLDER.cid, source, { name: 'photos' })
    await pinner.add(A.cid, source, { recursive: false })
    const pins = await all(world(datastore).pinner.all())
    expect(pins.map(({ cid, mode, name }) => [cid.toString(), mode, name]).sort()).toEqual(
      [
        [FOLDER.cid.toString(), 'recursive', 'photos'],
        [A.cid.toString(), 'direct', '']
      ].sort()
    )
  })

  it('are not set before all of it is here', async () => {
    const { pinner, source, memory } = world()
    memory.delete(B.cid)
    await expect(pinner.add(FOLDER.cid, source)).rejects.toThrow(`could not find ${B.cid.toString()}`)
    memory.delete(A.cid)
    await expect(pinner.add(A.cid, source, { recursive: false })).rejects.toThrow('could not find')
    expect(await all(pinner.all())).toEqual([])
  })

  it('refuse what Kubo refuses, in its words', async () => {
    const { pinner, source } = world()
    await pinner.add(FOLDER.cid, source)
    await expect(pinner.add(FOLDER.cid, source, { recursive: false })).rejects.toThrow('already pinned recursively')
    await expect(pinner.remove(A.cid)).rejects.toThrow('not pinned or pinned indirectly')
    await expect(pinner.remove(FOLDER.cid, false)).rejects.toThrow('is pinned recursively')
    await expect(pinner.update(A.cid, NEXT.cid, source)).rejects.toThrow(
      "'from' cid was not recursively pinned already"
    )
    await expect(pinner.add(A.cid, source, { name: 'x'.repeat(256) })).rejects.toThrow('max 255')
  })

  it('are replaced in one step, and keep the name', async () => {
    const { pinner, source } = world()
    await pinner.add(FOLDER.cid, source, { name: 'photos' })
    await pinner.update(FOLDER.cid, NEXT.cid, source)
    const pins = await all(pinner.all())
    expect(pins.map(({ cid, name }) => [cid.toString(), name])).toEqual([[NEXT.cid.toString(), 'photos']])
  })

  it('say what keeps a block, and keep it from being removed', async () => {
    const { pinner, source, memory } = world()
    await pinner.add(FOLDER.cid, source)
    expect(await pinner.removeBlock(A.cid)).toMatchObject({ mode: 'indirect', via: FOLDER.cid })
    expect(await pinner.removeBlock(FOLDER.cid)).toMatchObject({ mode: 'recursive' })
    expect(await pinner.removeBlock(NEXT.cid)).toBeUndefined()
    expect(memory.has(NEXT.cid)).toBe(false)
    expect((await all(pinner.indirect())).map(String).sort()).toEqual([A, B].map(({ cid }) => cid.toString()).sort())
  })

  it('that cannot be read to their end keep what may be below them, and let go of what is lost anyhow', async () => {
    const { pinner, source, memory } = world()
    const loose = leaf('loose')
    memory.writeBlock(loose.cid, loose.bytes)
    await pinner.add(NEXT.cid, source)
    memory.delete(FOLDER.cid)
    const untold = `whether a pin keeps it cannot be told: block ${FOLDER.cid.toString()} is damaged or missing`
    for (const { cid } of [A, loose]) {
      await expect(pinner.find([cid])).rejects.toThrow(untold)
      await expect(pinner.removeBlock(cid)).rejects.toThrow(untold)
    }
    // What is found does not need the rest; what is missing itself lies where it is linked to.
    expect((await pinner.find([NEXT.cid])).size).toBe(1)
    expect(await pinner.removeBlock(FOLDER.cid, () => true)).toMatchObject({ mode: 'indirect', via: NEXT.cid })
    expect(await pinner.removeBlock(loose.cid, () => true)).toBeUndefined()
    expect(memory.readBlock(loose.cid)).toBeUndefined()
  })

  it('that cannot be read to their end keep what is stored anew while it is removed', async () => {
    const { pinner, source, memory, blocks } = world()
    await pinner.add(NEXT.cid, source)
    memory.delete(FOLDER.cid)
    memory.delete(A.cid)
    const wrong = new Uint8Array(A.bytes.length + 1)
    memory.writeBlock(A.cid, wrong)
    // It comes just when it is looked at.
    const read = memory.readUnchecked.bind(memory)
    memory.readUnchecked = (cid, options) => {
      memory.writeBlock(A.cid, A.bytes)
      return read(cid, options)
    }
    const isDamaged = (bytes: Uint8Array): boolean => bytes.length === wrong.length
    await expect(pinner.removeBlock(A.cid, isDamaged)).rejects.toThrow('cannot be told')
    expect(await blocks.readBlock(A.cid)).toEqual(A.bytes)
  })

  it('do not let a block go that is being added', async () => {
    const { pinner, blocks } = world()
    const lease = blocks.lease()
    await lease.touch(A.cid)
    expect(await pinner.removeBlock(A.cid)).toBe('in use')
    lease.release()
    expect(await pinner.removeBlock(A.cid)).toBeUndefined()
  })

  it('are verified down to the last block', async () => {
    const { pinner, source, memory } = world()
    await pinner.add(NEXT.cid, source)
    expect(await pinner.verify(NEXT.cid)).toEqual([])
    memory.delete(B.cid)
    expect((await pinner.verify(NEXT.cid)).map(({ cid }) => cid.toString())).toEqual([B.cid.toString()])
  })

  it('of which one cannot be read stop every collection', async () => {
    const datastore = new MemoryDatastore()
    const { collector, memory } = world(datastore)
    await datastore.put(new Key(`/barter/pins/${A.cid.toString()}`), new TextEncoder().encode('[2,"else"]'))
    await expect(gather(collector.collect())).rejects.toThrow('is damaged')
    expect(memory.blocks).toBe(4)
  })

  it.each([
    ['half of it', '[1,"rec'],
    ['no text', new Uint8Array([0xff])],
    ['of another version', '[2,"else"]']
  ])('of which the record is damaged (%s) can be set again, or removed', async (_name, record) => {
    const datastore = new MemoryDatastore()
    const { collector, pinner, source } = world(datastore)
    const key = new Key(`/barter/pins/${FOLDER.cid.toString()}`)
    const damage = (): unknown => datastore.put(key, Buffer.from(record))
    damage()
    await expect(pinner.update(FOLDER.cid, NEXT.cid, source)).rejects.toThrow('is damaged: pin it again, or remove')
    await pinner.add(FOLDER.cid, source, { name: 'photos' })
    expect(await all(pinner.all())).toMatchObject([{ mode: 'recursive', name: 'photos' }])
    damage()
    await pinner.addStored(FOLDER.cid)
    expect(await all(pinner.all())).toMatchObject([{ mode: 'recursive', name: '' }])
    damage()
    await pinner.remove(FOLDER.cid)
    expect(await gather(collector.collect())).toHaveLength(4)
  })
})

describe('sets of keys', () => {
  const keys = Array.from({ length: 3_000 }, (_, i) => cidKey(leaf(String(i)).cid))

  it('beyond what is kept one by one know all that was added, and hardly any other', () => {
    const touched = new TouchedKeys(1_000)
    const [added, others] = [keys.slice(0, 2_000), keys.slice(2_000)]
    for (const key of added) touched.add(key)
    expect(added.every((key) => touched.has(key))).toBe(true)
    expect(others.filter((key) => touched.has(key)).length).toBeLessThan(5)
  })

  it('of what was visited are exact', () => {
    const set = new KeySet()
    expect(keys.map((key) => set.add(key)).every(Boolean)).toBe(true)
    expect([set.size, set.add(keys[0] ?? ''), set.has('x')]).toEqual([3_000, false, false])
  })
})
