import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { VerifyEvent, VerifyOptions } from '../../../src/api/service/content-service.ts'
import { localSource } from '../../../src/content/collector.ts'
import type { Exchange } from '../../../src/exchange.ts'
import { createHashers } from '../../../src/hashing/hashers.ts'
import { openKeeping } from '../../../src/node/keeping/keeping.ts'
import { LocalContent } from '../../../src/node/service/local-content.ts'
import { LocalStore } from '../../../src/node/service/local-store.ts'
import { MemoryCache } from '../../../src/storage/block-cache.ts'
import { toBlockstorePort } from '../../../src/storage/blockstore-port.ts'
import { DurableBlockstore } from '../../../src/storage/durable-blockstore.ts'
import { placeOf } from '../../../src/storage/layout.ts'
import { openBlockTier } from '../../../src/storage/open-block-tier.ts'
import { TieredBlockstore } from '../../../src/storage/tiered-blockstore.ts'
import { numberedBlock, type SampleBlock } from '../../../src/testing/sample-blocks.ts'
import { diskError, FaultyFileSystem } from '../../support/faulty-file-system.ts'
import { all } from '../../support/memory-content.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const hashers = await createHashers()
const DIFFERENT = 'block in storage has different hash than requested'
const WRONG = new Uint8Array([1])
// Of the exchange only this is used.
const NOBODY = { get: () => Promise.reject(new Error('nobody has it')) } as unknown as Exchange

/** The blocks of a repo on a disk that the test can fail, or hold up. */
async function world(exchange?: Exchange, { verify = true, cacheBytes = 0 } = {}) {
  const root = await temporaryDirectory()
  const disk = new FaultyFileSystem()
  const durable = await DurableBlockstore.open(root, { hashers, fileSystem: disk, verify })
  const whole = cacheBytes === 0 ? durable : new TieredBlockstore([new MemoryCache(cacheBytes)], durable)
  const keeping = openKeeping(whole, toBlockstorePort(whole), new MemoryDatastore())
  const port = toBlockstorePort(keeping.blocks)
  const content = new LocalContent({ blockstore: keeping.blocks, blocks: port, keeping, hashers, exchange: undefined })
  const store = new LocalStore({ keeping, hashers, exchange, automatic: undefined })
  const damage = async ({ cid }: SampleBlock): Promise<void> => {
    const place = placeOf(cid)
    if (place !== undefined) await writeFile(join(root, place.directory, place.file), 'damaged')
  }
  return { root, disk, keeping, blocks: keeping.blocks, store, content, damage }
}

/** A repo over a store of one kind, with one block that is damaged, and another that is not. */
async function worldOf(kind: string) {
  const spec = `${kind}:${join(await temporaryDirectory(), 'blocks')}`
  const [bad, sound] = [numberedBlock(1), numberedBlock(2)]
  const unchecked = await openBlockTier(`${spec}?verify=off`, { hashers })
  await unchecked.store.put(bad.cid, new TextEncoder().encode('damaged'))
  await unchecked.store.put(sound.cid, sound.bytes)
  await unchecked.close()
  const tier = await openBlockTier(spec, { hashers })
  onTestFinished(tier.close)
  const keeping = openKeeping(tier.store, toBlockstorePort(tier.store), new MemoryDatastore())
  const blocks = toBlockstorePort(keeping.blocks)
  const content = new LocalContent({ blockstore: keeping.blocks, blocks, keeping, hashers, exchange: undefined })
  const store = new LocalStore({ keeping, hashers, exchange: undefined, automatic: undefined })
  return { content, store, bad: bad.cid.toString(), sound: sound.cid.toString() }
}

describe.each(['fs', 'level', 'blockstore-fs'])('a damaged block of a store of kind %s', (kind) => {
  it('is told of by whoever asks for it offline, and by the checks', async () => {
    const { content, store, bad } = await worldOf(kind)
    const advice = `could not find ${bad}: its copy here is damaged, and \`barter repo verify --heal\``
    // Some name a block by another form of its CID.
    expect(await verify(store)).toEqual([expect.stringMatching(` kept: ${DIFFERENT}$`)])
    expect(await all(store.damaged())).toEqual([bad])
    await expect(content.blockGet(bad)).rejects.toThrow(advice)
    expect(await all(store.damaged())).toEqual([bad])
  })

  it.each([false, true])('is removed like any other; with force %s', async (force) => {
    const { content, store, bad, sound } = await worldOf(kind)
    await verify(store)
    expect(await all(content.blockRemove([bad], { force }))).toEqual([{ cid: bad }])
    expect([await verify(store), await all(store.damaged())]).toEqual([[], []])
    expect(await all(store.blocks())).toHaveLength(1)
    expect(await content.blockGet(sound)).toHaveLength(numberedBlock(2).bytes.length)
  })

  it('is given up by a check that drops', async () => {
    const { store } = await worldOf(kind)
    expect(await verify(store, { drop: true })).toEqual([expect.stringMatching(` removed: ${DIFFERENT}$`)])
    expect([await verify(store), await all(store.damaged())]).toEqual([[], []])
  })
})

async function verify(store: LocalStore, options: VerifyOptions = {}): Promise<string[]> {
  const found: string[] = []
  for await (const event of store.verify(options)) if (event.type === 'damaged') found.push(told(event))
  return found
}

function told({ cid, outcome, reason }: Extract<VerifyEvent, { type: 'damaged' }>): string {
  return `${cid} ${outcome}: ${reason}`
}

/** Two blocks of one directory, which is listed at once. */
function neighbours(): readonly [SampleBlock, SampleBlock] {
  const seen = new Map<string | undefined, SampleBlock>()
  for (let number = 0; ; number++) {
    const block = numberedBlock(number)
    const directory = placeOf(block.cid)?.directory
    const other = seen.get(directory)
    if (other !== undefined) return [other, block]
    seen.set(directory, block)
  }
}

function gate() {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  let isOpen = false
  const open = (): void => {
    isOpen = true
    resolve(undefined)
  }
  return { wait: promise, open, isOpen: () => isOpen }
}

describe('checking every block', () => {
  it('leaves alone what the disk does not hand out, and tells of it', async () => {
    const { disk, blocks, store } = await world()
    const { cid, bytes } = numberedBlock(1)
    await blocks.writeBlock(cid, bytes)
    disk.intercept = ({ name }) => (name === 'readFile' ? diskError('EIO') : undefined)
    expect(await verify(store, { drop: true })).toEqual([
      expect.stringMatching(`^${cid.toString()} unreadable: .* cannot be read: EIO`)
    ])
    disk.intercept = () => undefined
    expect(await blocks.readBlock(cid)).toEqual(bytes)
    expect(await verify(store)).toEqual([])
  })

  it('removes what is damaged', async () => {
    const { root, blocks, store, damage } = await world()
    const block = numberedBlock(1)
    await blocks.writeBlock(block.cid, block.bytes)
    await damage(block)
    expect(await verify(store, { drop: true })).toEqual([`${block.cid.toString()} removed: ${DIFFERENT}`])
    expect(await readdir(join(root, 'quarantine'))).toEqual([])
    expect(await verify(store)).toEqual([])
  })

  it('says where the bytes of what nobody has were moved, whether a check or a reader found it', async () => {
    const { root, blocks, store, damage } = await world(NOBODY)
    const pair = neighbours()
    for (const block of pair) {
      await blocks.writeBlock(block.cid, block.bytes)
      await damage(block)
    }
    await blocks.readBlock(pair[0].cid)
    const events = await all(store.verify({ heal: true }))
    const moved = events.flatMap((event) => (event.type === 'damaged' ? [event.quarantine] : []))
    const files = pair.map(({ cid }) => join(root, 'quarantine', `${placeOf(cid)?.key ?? ''}.corrupt`))
    expect(moved.sort()).toEqual(files.sort())
    expect(await Promise.all(files.map((file) => readFile(file, 'utf8')))).toEqual(['damaged', 'damaged'])
  })

  it.each([true, false])(
    'leaves all as it is when what a cache has whole cannot be stored; verify %s',
    async (isOn) => {
      const { disk, blocks, store, damage } = await world(NOBODY, { verify: isOn, cacheBytes: 1024 * 1024 })
      const three = [numberedBlock(1), numberedBlock(2), numberedBlock(3)]
      for (const block of three) {
        await blocks.writeBlock(block.cid, block.bytes)
        await damage(block)
      }
      const readable = async (): Promise<number> => {
        let count = 0
        for (const { cid, bytes } of three)
          if (Buffer.compare((await blocks.readBlock(cid)) ?? WRONG, bytes) === 0) count++
        return count
      }
      disk.intercept = ({ name, path }) => (name === 'open' && path.includes('.temp') ? diskError('ENOSPC') : undefined)
      await expect(verify(store, { heal: true })).rejects.toThrow('ENOSPC')
      expect([await readable(), await all(store.damaged())]).toEqual([3, expect.objectContaining({ length: 3 })])
      // Nothing needs to be removed for it.
      disk.intercept = ({ name }) => (name === 'unlink' ? diskError('EROFS') : undefined)
      expect((await verify(store, { heal: true })).filter((text) => text.includes(' healed: '))).toHaveLength(3)
      expect([await verify(store), await all(store.damaged()), await readable()]).toEqual([[], [], 3])
    }
  )

  it.each([
    [true, 'lost', 0],
    [false, 'kept', 1]
  ])('removes what it cannot write down only where a quarantine keeps it; verify %s', async (isOn, outcome, left) => {
    const { blocks, keeping, store, damage } = await world(NOBODY, { verify: isOn })
    const block = numberedBlock(1)
    await blocks.writeBlock(block.cid, block.bytes)
    await damage(block)
    keeping.damage.note = () => Promise.resolve(false)
    expect(await verify(store, { heal: true })).toEqual([expect.stringContaining(` ${outcome}: ${DIFFERENT}`)])
    expect(await all(store.blocks())).toHaveLength(left)
  })

  it('tells of what a reader found damaged until it is here again, or given up', async () => {
    const { blocks, store, damage } = await world()
    const block = numberedBlock(1)
    const name = block.cid.toString()
    const apart = 'block was damaged and lies in quarantine'
    const lose = async (): Promise<void> => {
      await blocks.writeBlock(block.cid, block.bytes)
      await damage(block)
      expect(await blocks.readBlock(block.cid)).toBeUndefined()
    }
    await lose()
    expect([await verify(store), await all(store.damaged())]).toEqual([[`${name} kept: ${apart}`], [name]])
    await blocks.writeBlock(block.cid, block.bytes)
    expect([await verify(store), await all(store.damaged())]).toEqual([[], []])
    await blocks.delete(block.cid)
    expect([await verify(store), await all(store.damaged())]).toEqual([[], []])
    await lose()
    expect(await verify(store, { drop: true })).toEqual([`${name} removed: ${apart}`])
    expect([await verify(store), await all(store.damaged())]).toEqual([[], []])
  })

  it('tells no more of a damaged block that came back and was removed on purpose', async () => {
    const { root, blocks, store, content, damage } = await world()
    const { cid, bytes } = numberedBlock(1)
    const place = placeOf(cid)
    await blocks.writeBlock(cid, bytes)
    await damage(numberedBlock(1))
    expect(await blocks.readBlock(cid)).toBeUndefined()
    // Somebody puts it back by hand.
    await writeFile(join(root, place?.directory ?? '', place?.file ?? ''), bytes)
    expect([await all(store.damaged()), await verify(store)]).toEqual([[], []])
    expect(await all(content.blockRemove([cid.toString()]))).toEqual([{ cid: cid.toString() }])
    expect([await all(store.damaged()), await readdir(join(root, 'quarantine'))]).toEqual([[], []])
  })

  it('tells no more of what a reader found damaged once it is removed, or collected', async () => {
    const { root, keeping, blocks, store, content, damage } = await world()
    const [removed, collected, pinned] = [numberedBlock(1), numberedBlock(2), numberedBlock(3)]
    for (const block of [removed, collected, pinned]) {
      await blocks.writeBlock(block.cid, block.bytes)
      if (block === pinned) await keeping.pinner.add(block.cid, localSource(blocks))
      await damage(block)
      expect(await blocks.readBlock(block.cid)).toBeUndefined()
    }
    const remove = ({ cid }: SampleBlock) => all(content.blockRemove([cid.toString()]))
    expect(await remove(removed)).toEqual([{ cid: removed.cid.toString() }])
    expect(await remove(removed)).toMatchObject([{ error: expect.stringContaining('could not find') as string }])
    expect(await remove(pinned)).toMatchObject([{ error: expect.stringContaining('pinned') as string }])
    expect((await all(store.damaged())).sort()).toEqual([collected, pinned].map(({ cid }) => cid.toString()).sort())
    expect(await all(store.collect())).toEqual([])
    expect(await all(store.damaged())).toEqual([pinned.cid.toString()])
    expect(await readdir(join(root, 'quarantine'))).toEqual([`${placeOf(pinned.cid)?.key ?? ''}.corrupt`])
    // It is kept by nothing else than its pin.
    await keeping.pinner.remove(pinned.cid)
    expect(await all(store.collect())).toEqual([])
    expect([await verify(store), await all(store.damaged())]).toEqual([[], []])
  })

  it('remembers what it left in its place, and no longer than it is damaged', async () => {
    const { blocks, store, damage } = await world()
    const pair = neighbours()
    for (const block of pair) {
      await blocks.writeBlock(block.cid, block.bytes)
      await damage(block)
    }
    expect(await all(store.damaged())).toEqual([])
    await verify(store)
    const [one, other] = pair.map(({ cid }) => cid.toString()).sort()
    expect((await all(store.damaged())).sort()).toEqual([one, other])
    const [first] = pair
    await blocks.readBlock(first.cid)
    await blocks.writeBlock(first.cid, first.bytes)
    expect(await all(store.damaged())).toEqual([pair[1].cid.toString()])
    await verify(store, { drop: true })
    expect(await all(store.damaged())).toEqual([])
  })

  it('leaves what is damaged where it is, and finds it again', async () => {
    const { blocks, store, damage } = await world()
    const block = numberedBlock(1)
    await blocks.writeBlock(block.cid, block.bytes)
    await damage(block)
    const kept = [`${block.cid.toString()} kept: ${DIFFERENT}`]
    expect([await verify(store), await verify(store)]).toEqual([kept, kept])
  })

  it('misses what was taken for damaged since it was listed, whatever else is removed, and not what was removed', async () => {
    const { blocks, store, damage, disk } = await world()
    const pair = neighbours()
    const listed = async (): Promise<readonly [AsyncGenerator<VerifyEvent>, SampleBlock]> => {
      for (const { cid, bytes } of pair) await blocks.writeBlock(cid, bytes)
      const events = store.verify()
      await events.next()
      const last = (await all(store.blocks())).at(-1)
      return [events, pair.find(({ cid }) => cid.toString() === last) ?? pair[0]]
    }
    const [events, lost] = await listed()
    await damage(lost)
    await blocks.readBlock(lost.cid)
    // Somebody removes another block just when this one is looked at.
    const other = numberedBlock(1_000_000)
    let removal: Promise<void> | undefined
    disk.intercept = ({ name }) => {
      if (name === 'readFile') removal ??= blocks.delete(other.cid)
      return removal
    }
    const cid = lost.cid.toString()
    const reason = 'block was in storage and is missing'
    expect(await all(events)).toEqual([
      { type: 'damaged', cid, outcome: 'kept', reason },
      { type: 'progress', blocks: 2 }
    ])
    disk.intercept = () => undefined
    const [again, removed] = await listed()
    await blocks.delete(removed.cid)
    expect(await all(again)).toEqual([{ type: 'progress', blocks: 2 }])
  })

  it('does not remove what somebody stores anew meanwhile', async () => {
    const { disk, blocks, store, damage } = await world()
    const pair = neighbours()
    for (const { cid, bytes } of pair) await blocks.writeBlock(cid, bytes)
    const events = store.verify({ drop: true })
    await events.next()
    // Both are listed, and one was looked at. The other is damaged, and a reader finds that first.
    const listed = await all(store.blocks())
    const other = pair.find(({ cid }) => cid.toString() === listed[1]) ?? pair[0]
    await damage(other)
    expect(await blocks.readBlock(other.cid)).toBeUndefined()
    const [asked, looked, opened] = [gate(), gate(), gate()]
    disk.intercept = ({ name, path }) => {
      if (name === 'rename' && !path.includes('quarantine')) {
        asked.open()
        return opened.wait
      }
      if (name !== 'readFile' || opened.isOpen()) return undefined
      looked.open()
      return diskError('ENOENT')
    }
    const put = blocks.writeBlock(other.cid, other.bytes)
    await asked.wait
    const rest = all(events)
    await looked.wait
    await new Promise(setImmediate)
    opened.open()
    await put
    expect(await rest).toEqual([{ type: 'progress', blocks: 2 }])
    expect(await blocks.readBlock(other.cid)).toEqual(other.bytes)
  })
})

it('asking for a block that is not here costs the same, however many others are in quarantine', async () => {
  const { disk, blocks, content, damage } = await world()
  const missing = numberedBlock(1_000).cid.toString()
  const callsOfOne = async (): Promise<number> => {
    const before = disk.calls.length
    await expect(content.blockGet(missing)).rejects.toThrow('could not find')
    expect(await all(content.blockRemove([missing], { force: true }))).toEqual([{ cid: missing }])
    return disk.calls.length - before
  }
  const lose = async (block: SampleBlock): Promise<void> => {
    await blocks.writeBlock(block.cid, block.bytes)
    await damage(block)
    expect(await blocks.readBlock(block.cid)).toBeUndefined()
  }
  const withNone = await callsOfOne()
  await lose(numberedBlock(0))
  const withOne = await callsOfOne()
  for (let number = 1; number < 20; number++) await lose(numberedBlock(number))
  // A look for each command, and none while nothing is in quarantine.
  expect([withOne, await callsOfOne()]).toEqual([withNone + 2, withNone + 2])
})
