import { MemoryDatastore } from 'datastore-core'
import { Key, type Pair } from 'interface-datastore'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import type { VerifyOptions } from '../../../src/api/service/content-service.ts'
import { StoreError } from '../../../src/errors.ts'
import type { Exchange } from '../../../src/exchange.ts'
import { createHashers } from '../../../src/hashing/hashers.ts'
import { openKeeping } from '../../../src/node/keeping/keeping.ts'
import { LocalStore } from '../../../src/node/service/local-store.ts'
import { toBlockstorePort } from '../../../src/storage/blockstore-port.ts'
import { MemoryBlockstore } from '../../../src/storage/memory-blockstore.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { all } from '../../support/memory-content.ts'

const hashers = await createHashers()
const WRONG = new Uint8Array([1])

/** Counts what is written, and fails when told to. */
class Disk extends MemoryDatastore {
  writes = 0
  bytes = 0
  failure: Error | undefined

  override put(key: Key, value: Uint8Array): Key | Promise<Key> {
    this.#write(value.byteLength)
    return super.put(key, value)
  }

  override delete(key: Key): void {
    this.#write(0)
    void super.delete(key)
  }

  /** What is written down. */
  async names(): Promise<readonly string[]> {
    const names: string[] = []
    for await (const { key } of this.query({})) names.push(key.toString())
    return names
  }

  #write(bytes: number): void {
    if (this.failure !== undefined) throw this.failure
    this.writes += 1
    this.bytes += bytes
  }
}

/** Tells when a block is removed: at any such moment the process may end for good. */
class Watched extends MemoryBlockstore {
  onDelete: () => void = () => undefined

  override delete(cid: CID): void {
    super.delete(cid)
    this.onDelete()
  }
}

/**
 * A repo of damaged blocks, in a store that puts nothing apart. `found` are the blocks that others have; `ask` is awaited
 * before they answer.
 */
async function world(
  damaged: number,
  found: readonly number[] = [],
  ask: (signal?: AbortSignal) => Promise<void> = () => Promise.resolve()
) {
  const store = new Watched()
  for (let number = 0; number < damaged; number++) await store.put(numberedBlock(number).cid, WRONG)
  const disk = new Disk()
  const warnings: string[] = []
  const others = new Map(found.map((number) => [numberedBlock(number).cid.toString(), numberedBlock(number).bytes]))
  const open = () => {
    const keeping = openKeeping(store, toBlockstorePort(store), disk, (message) => warnings.push(message))
    const get: Exchange['get'] = async (cid, options) => {
      await ask(options?.signal)
      const bytes = others.get(cid.toString())
      if (bytes === undefined) throw new Error('nobody has it')
      await store.put(cid, bytes)
      return bytes
    }
    // Of the exchange only this is used.
    const exchange = { get } as Exchange
    return { keeping, local: new LocalStore({ keeping, hashers, exchange, automatic: undefined }) }
  }
  const outcomes = async (options: VerifyOptions = {}): Promise<string[]> => {
    const events = await all(open().local.verify(options))
    return events.flatMap((event) => (event.type === 'damaged' ? [event.outcome] : []))
  }
  /** What a process that starts now knows of. */
  const known = () => all(open().local.damaged())
  return { store, disk, warnings, open, outcomes, known }
}

describe('what is known to be damaged', () => {
  it('is written down once for each block, for a thousand of them, and not again', async () => {
    const { disk, outcomes, known } = await world(1_500)
    expect(await outcomes()).toHaveLength(1_500)
    expect([disk.writes, await known()]).toEqual([1_000, expect.objectContaining({ length: 1_000 })])
    expect(disk.bytes).toBeLessThan(100 * 1_000)
    expect(await outcomes()).toHaveLength(1_500)
    expect(disk.writes).toBe(1_000)
  })

  it('is not forgotten by a check that is stopped', async () => {
    const { open, outcomes, known } = await world(10)
    await outcomes()
    for await (const { type } of open().local.verify()) if (type === 'damaged') break
    expect(await known()).toHaveLength(10)
  })

  it('ends its healing when what arrived cannot be stored, and is missed', async () => {
    const full = new StoreError('it arrived and could not be stored', { cause: new Error('ENOSPC') })
    const { store, outcomes, known } = await world(40, [], () => Promise.reject(full))
    await expect(outcomes({ heal: true })).rejects.toBe(full)
    expect(await known()).toHaveLength(40)
    // Only those that were asked for at that moment were removed.
    expect(store.blocks).toBe(40 - 16)
  })

  it('is told, and removed when that is asked for, though nothing can be written down; with one warning', async () => {
    const { store, disk, warnings, open, outcomes } = await world(5, [0, 1, 2])
    disk.failure = new Error('ENOSPC: no space left on device')
    expect(await outcomes()).toEqual(['kept', 'kept', 'kept', 'kept', 'kept'])
    expect(warnings).toEqual(['what is damaged cannot be written down: ENOSPC: no space left on device'])
    // That one was here would be known to nobody.
    const events = await all(open().local.verify({ heal: true }))
    const reasons = events.flatMap((event) => (event.type === 'damaged' ? [`${event.outcome}: ${event.reason}`] : []))
    const reason = expect.stringMatching(
      /^kept: .* stays where it is, since what is damaged cannot be written down$/u
    ) as string
    expect([reasons, store.blocks]).toEqual([Array.from({ length: 5 }, () => reason), 5])
    expect(await outcomes({ drop: true })).toEqual(['removed', 'removed', 'removed', 'removed', 'removed'])
    expect(store.blocks).toBe(0)
  })

  it('is written down later where it could not be at once', async () => {
    const { disk, open, known } = await world(2, [])
    const { local } = open()
    disk.failure = new Error('ENOSPC: no space left on device')
    await all(local.verify())
    disk.failure = undefined
    await all(local.verify())
    expect([disk.writes, await known()]).toEqual([2, expect.objectContaining({ length: 2 })])
    await all(local.verify())
    expect(disk.writes).toBe(2)
  })

  it('is forgotten once a check finds it sound, so that there is room for others', async () => {
    const { store, disk, outcomes, known } = await world(1_000)
    await outcomes({ heal: true })
    expect(await known()).toHaveLength(1_000)
    for (let number = 0; number < 1_000; number++)
      await store.put(numberedBlock(number).cid, numberedBlock(number).bytes)
    for (let number = 2_000; number < 2_003; number++) await store.put(numberedBlock(number).cid, WRONG)
    expect([await outcomes(), await known()]).toEqual([
      ['kept', 'kept', 'kept'],
      expect.objectContaining({ length: 3 })
    ])
    expect(await disk.names()).toHaveLength(3)
    // Whoever removes them need not say so.
    for (let number = 2_000; number < 2_003; number++) store.delete(numberedBlock(number).cid)
    await outcomes()
    expect(await disk.names()).toEqual([])
  })

  it('is missed at every moment of its healing, though the process end there', async () => {
    const asked = Promise.withResolvers<undefined>()
    const stop = new AbortController()
    const { store, disk, open, known } = await world(1, [], (signal) => {
      asked.resolve(undefined)
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped'))))
    })
    const written: number[] = []
    store.onDelete = () => written.push(disk.writes)
    const healing = all(open().local.verify({ heal: true, signal: stop.signal }))
    await asked.promise
    stop.abort(new Error('enough'))
    await expect(healing).rejects.toThrow('enough')
    // Found, then missed.
    expect([written, await known()]).toEqual([[2], expect.objectContaining({ length: 1 })])
  })

  it('is asked for side by side, with progress, whether it is here or missed', async () => {
    let [asked, most] = [0, 0]
    const ask = async (): Promise<void> => {
      most = Math.max(most, ++asked)
      await new Promise(setImmediate)
      asked -= 1
    }
    const { open, outcomes } = await world(40, [], ask)
    const progress = async (): Promise<number> => {
      const events = await all(open().local.verify({ heal: true }))
      return events.filter(({ type }) => type === 'progress').length
    }
    expect([await progress(), most]).toEqual([40, 16])
    most = 0
    expect([await progress(), most]).toEqual([40, 16])
    expect(await outcomes()).toHaveLength(40)
  })

  it('is asked for side by side however many sound ones lie between, and told with what was found', async () => {
    let [asked, most] = [0, 0]
    const ask = async (): Promise<void> => {
      most = Math.max(most, ++asked)
      await new Promise(setImmediate)
      asked -= 1
    }
    const { store, open } = await world(0, [30, 60], ask)
    for (let number = 0; number < 300; number++) {
      const { cid, bytes } = numberedBlock(number)
      await store.put(cid, number % 30 === 0 ? WRONG : bytes)
    }
    const events = await all(open().local.verify({ heal: true }))
    expect([most, events.filter(({ type }) => type === 'progress')]).toEqual([
      10,
      expect.objectContaining({ length: 300 })
    ])
    const told = events.flatMap((event) => (event.type === 'damaged' ? [`${event.outcome}: ${event.reason}`] : []))
    const reason = 'block in storage has different hash than requested'
    expect(told.sort()).toEqual(
      ['healed', 'healed', ...Array.from({ length: 8 }, () => 'lost')].map((outcome) => `${outcome}: ${reason}`)
    )
  })

  it('stays where it is while there is no room for it among what is known, and is healed once there is', async () => {
    const { store, outcomes, known } = await world(1_100, [0, 1_050])
    const count = async () => {
      const told = await outcomes({ heal: true })
      const of = (outcome: string) => told.filter((one) => one === outcome).length
      return { healed: of('healed'), lost: of('lost'), kept: of('kept') }
    }
    const first = await count()
    expect([first.healed, first.kept > 0]).toEqual([1, true])
    // Whatever is gone is known to be.
    expect([store.blocks, (await known()).length]).toEqual([first.healed + first.kept, first.lost])
    for (let number = 100; number < 300; number++)
      await store.put(numberedBlock(number).cid, numberedBlock(number).bytes)
    expect(await count()).toMatchObject({ healed: 1, kept: 0 })
    expect(await known()).toHaveLength(1_100 - 202)
  })

  it('is not fetched when it was removed since it was found', async () => {
    const everything = Array.from({ length: 40 }, (_, number) => number)
    const { store, open, known } = await world(40, everything)
    const { keeping, local } = open()
    let healed = 0
    let blocks = 0
    for await (const event of local.verify({ heal: true })) {
      if (event.type === 'progress') blocks = event.blocks
      else if (++healed === 1) {
        for (const number of everything.slice(30)) await keeping.blocks.delete(numberedBlock(number).cid)
      }
    }
    expect([healed, blocks, store.blocks, await known()]).toEqual([30, 40, 30, []])
  })

  it('and is given up while a check begins is not known again', async () => {
    const { store, open } = await world(0)
    const { keeping, local } = open()
    for (let number = 0; number < 3; number++) await keeping.damage.note(numberedBlock(number).cid, 'lost')
    const read = store.readUnchecked.bind(store)
    store.readUnchecked = async (...args) => {
      for await (const missed of keeping.damage.missed()) await missed.giveUp()
      return read(...args)
    }
    await all(local.verify())
    expect(await all(local.damaged())).toEqual([])
  })

  it('and is given up though the disk fails is taken off it later', async () => {
    const { disk, open, known } = await world(0)
    const { keeping, local } = open()
    const { cid } = numberedBlock(0)
    await keeping.damage.note(cid, 'lost')
    disk.failure = new Error('EIO')
    await keeping.damage.forget(cid)
    expect([await all(local.damaged()), await known()]).toEqual([[], [expect.any(String)]])
    disk.failure = undefined
    await all(local.verify())
    expect([await disk.names(), await known()]).toEqual([[], []])
  })

  it('is what was said last of it, however long the disk takes', async () => {
    const { disk, open } = await world(0)
    const { keeping } = open()
    const { cid } = numberedBlock(0)
    const put = disk.put.bind(disk)
    disk.put = async (...args) => {
      await new Promise(setImmediate)
      return put(...args)
    }
    await Promise.all([keeping.damage.note(cid, 'lost'), keeping.damage.forget(cid)])
    expect([await disk.names(), await keeping.damage.all()]).toEqual([[], []])
  })

  it('and could not be healed is missed until it is healed, stored or collected', async () => {
    const { store, open, outcomes, known } = await world(3, [1])
    expect((await outcomes({ heal: true })).sort()).toEqual(['healed', 'lost', 'lost'])
    expect(await known()).toHaveLength(2)
    expect(await outcomes()).toEqual(['kept', 'kept'])
    expect(await outcomes({ heal: true })).toEqual(['lost', 'lost'])
    const { cid, bytes } = numberedBlock(0)
    await store.put(cid, bytes)
    expect(await known()).toHaveLength(1)
    // No pin keeps it.
    await all(open().local.collect())
    expect(await known()).toEqual([])
  })

  it('and could not be healed is given up by a check that drops', async () => {
    const { outcomes, known } = await world(1)
    expect(await outcomes({ heal: true })).toEqual(['lost'])
    expect(await outcomes({ drop: true })).toEqual(['removed'])
    expect([await outcomes({ heal: true }), await known()]).toEqual([[], []])
  })

  it('names none by a record that cannot be made out', async () => {
    const { disk, known, outcomes } = await world(1)
    for (const name of ['x', 'zfoo', '1']) await disk.put(new Key(`/barter/damaged/${name}`), WRONG)
    await disk.put(new Key('/barter/damaged'), new TextEncoder().encode('["x"]'))
    expect(await known()).toEqual([])
    await outcomes()
    expect(await known()).toHaveLength(1)
  })

  it('that cannot be read is a failure of the store', async () => {
    const { disk, known } = await world(1)
    disk.query = (): Generator<Pair> => {
      throw new Error('EIO')
    }
    await expect(known()).rejects.toMatchObject({
      code: 'ERR_STORE',
      message: expect.stringContaining('damaged') as string
    })
  })
})
