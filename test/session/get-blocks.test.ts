import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import type { CidSource, FetchedBlock, ProgressEventLike } from '../../src/exchange.ts'
import { cidKey, type CidKey } from '../../src/ids.ts'
import { GetBlocks, type GetBlocksParts } from '../../src/session/get-blocks.ts'
import { FakeSession } from '../support/fake-session.ts'
import { ALICE, cid, key } from '../support/names.ts'
import { sampleCid, sampleCidV0 } from '../support/wire-samples.ts'

/** Lets everything settle that can settle without an event. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

class World {
  readonly session = new FakeSession()
  readonly stored = new Map<CidKey, Uint8Array>()
  /** Bounded: by the test. */
  readonly rereads: CID[] = []

  request(cids: CidSource, parts: Partial<GetBlocksParts> = {}): AsyncGenerator<FetchedBlock> {
    const get = (of: CID): Uint8Array | undefined => {
      this.rereads.push(of)
      return this.stored.get(cidKey(of))
    }
    const defaults: GetBlocksParts = {
      session: this.session,
      blockstore: { get },
      admit: () => undefined,
      maxOpenWants: 100,
      bufferBytes: 1_000,
      priority: 1
    }
    return new GetBlocks({ ...defaults, ...parts }, cids).blocks()
  }

  arrive(name: string, size = 1): void {
    const bytes = new Uint8Array(size)
    this.stored.set(key(name), bytes)
    this.session.arrive(cid(name), bytes, ALICE)
  }
}

/** A source that counts what was taken of it, and knows whether it was let go. */
class Source implements Iterable<CID> {
  taken = 0
  returned = 0
  readonly #count: number

  constructor(count: number) {
    this.#count = count
  }

  [Symbol.iterator](): Iterator<CID> {
    return {
      next: () =>
        this.taken < this.#count ? { done: false, value: sampleCid(this.taken++) } : { done: true, value: undefined },
      return: () => {
        this.returned++
        return { done: true, value: undefined }
      }
    }
  }
}

async function* later(cids: Iterable<CID>): AsyncGenerator<CID> {
  for (const of of cids) {
    await turn()
    yield of
  }
}

async function collect(blocks: AsyncIterable<FetchedBlock>): Promise<FetchedBlock[]> {
  const all: FetchedBlock[] = []
  for await (const block of blocks) all.push(block)
  return all
}

describe('GetBlocks, handing out', () => {
  it('gives blocks as they arrive, whatever the order asked, with who sent them', async () => {
    const world = new World()
    const all = collect(world.request([cid('a'), cid('b')]))
    await turn()
    world.arrive('b')
    world.arrive('a', 2)
    expect(await all).toEqual([
      { cid: cid('b'), bytes: new Uint8Array(1), from: ALICE },
      { cid: cid('a'), bytes: new Uint8Array(2), from: ALICE }
    ])
  })

  it('ends at once for a list of nothing', async () => {
    expect(await collect(new World().request([]))).toEqual([])
  })

  it('a CID named three times is asked for once and handed out three times', async () => {
    const world = new World()
    const v1 = sampleCid(5, 0x70)
    const v0 = sampleCidV0(5)
    const all = collect(world.request([v1, v0, v1]))
    await turn()
    expect(world.session.asked.length).toBe(1)
    world.session.arrive(v1)
    expect((await all).map((block) => block.cid)).toEqual([v1, v0, v1])
  })

  it('a CID named again after its block came is asked for again', async () => {
    const world = new World()
    const all = collect(world.request([cid('a'), cid('a')], { maxOpenWants: 1 }))
    await turn()
    world.arrive('a')
    await turn()
    world.arrive('a')
    expect((await all).length).toBe(2)
  })

  it('a CID that holds its own block is not asked for', async () => {
    const world = new World()
    const own = Uint8Array.of(1, 2)
    const admit = (of: CID): Uint8Array | undefined => (of.equals(cid('identity')) ? own : undefined)
    const all = await collect(world.request([cid('identity')], { admit }))
    expect([all, world.session.asked]).toEqual([[{ cid: cid('identity'), bytes: own, from: undefined }], []])
  })

  it('takes CIDs as they become known', async () => {
    const world = new World()
    const all = collect(world.request(later([cid('a'), cid('b')])))
    await turn()
    await turn()
    world.arrive('a')
    await turn()
    await turn()
    world.arrive('b')
    expect((await all).map((block) => block.cid)).toEqual([cid('a'), cid('b')])
  })

  it('hands out ten thousand blocks that are here already without running out of stack', async () => {
    const world = new World()
    for (let number = 0; number < 10_000; number++) {
      world.session.local.set(cidKey(sampleCid(number)), new Uint8Array(1))
    }
    const all = await collect(world.request(new Source(10_000), { maxOpenWants: 10_000, bufferBytes: 1e6 }))
    expect(all.length).toBe(10_000)
  })
})

describe('GetBlocks, back-pressure', () => {
  it('a million CIDs: takes as many as may be open, and more as blocks are handed out', async () => {
    const world = new World()
    const source = new Source(1_000_000)
    const blocks = world.request(source, { maxOpenWants: 64 })
    const first = blocks.next()
    expect(source.taken).toBe(64)
    for (let number = 0; number < 64; number++) world.session.arrive(sampleCid(number))
    await turn()
    // One was handed out to the caller who waited; the others wait for a caller who does not come.
    expect([(await first).done, source.taken, world.session.waiters.size]).toEqual([false, 65, 1])
    await blocks.next()
    expect([source.taken, world.session.waiters.size]).toEqual([66, 2])
    await blocks.return(undefined)
  })

  it('a hundred thousand CIDs all the way through, with never more than the limit open', async () => {
    const world = new World()
    const source = new Source(100_000)
    let got = 0
    const blocks = world.request(source, { maxOpenWants: 512 })
    const arriving = async (): Promise<void> => {
      while (got < 100_000) {
        for (const waiter of [...world.session.waiters.keys()]) {
          const waiters = world.session.waiters.get(waiter) ?? []
          world.session.waiters.delete(waiter)
          for (const each of waiters) each.arrived(waiter, ONE, ALICE)
        }
        world.session.asked.length = 0
        await turn()
      }
    }
    const ending = arriving()
    for await (const { bytes } of blocks) got += bytes.byteLength
    await ending
    expect(got).toBe(100_000)
    expect(world.session.mostOpen).toBeLessThanOrEqual(512)
  })

  it('duplicates count, too: a list of one CID without end does not run away', async () => {
    const world = new World()
    let taken = 0
    const endless = function* (): Generator<CID> {
      for (; ; taken++) yield cid('a')
    }
    const blocks = world.request(endless(), { maxOpenWants: 10 })
    const first = blocks.next()
    expect(taken).toBeLessThanOrEqual(10)
    world.arrive('a')
    await first
    expect(taken).toBeLessThanOrEqual(12)
    await blocks.return(undefined)
  })

  it('keeps bytes up to its buffer, and reads the rest from the store when they are asked for', async () => {
    const world = new World()
    const names = ['a', 'b', 'c', 'd']
    const blocks = world.request(names.map(cid), { bufferBytes: 800 })
    const first = blocks.next()
    for (const name of names) world.arrive(name, 300)
    expect((await first).value).toMatchObject({ cid: cid('a') })
    const rest = await collect(blocks)
    expect(rest.map(({ cid: of, bytes }) => [of, bytes.byteLength])).toEqual(['b', 'c', 'd'].map((n) => [cid(n), 300]))
    expect(rest.every(({ from }) => from === ALICE)).toBe(true)
    expect(world.rereads).toEqual([cid('c'), cid('d')])
  })

  it('lets go of a block when it is handed out, also while others always wait', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const session = new FakeSession()
    const seen: WeakRef<Uint8Array>[] = []
    const parts = { session, blockstore: { get: () => undefined }, admit: () => undefined, priority: 1 }
    const request = new GetBlocks({ ...parts, maxOpenWants: 10, bufferBytes: 1e9 }, new Source(200))
    const blocks = request.blocks()
    let arrived = 0
    const arrive = (): void => {
      const bytes = new Uint8Array(10_000)
      seen.push(new WeakRef(bytes))
      session.arrive(sampleCid(arrived++), bytes)
    }
    const first = blocks.next()
    for (let i = 0; i < 5; i++) arrive()
    await first
    for (let i = 0; i < 150; i++) {
      arrive()
      await blocks.next()
    }
    await turn()
    collectGarbage()
    const alive = seen.filter((ref) => ref.deref() !== undefined).length
    expect(alive).toBeLessThan(10)
    await blocks.return(undefined)
  })
})

const ONE = new Uint8Array(1)

describe('GetBlocks, ending', () => {
  it('breaking out of the loop releases every want and the source', async () => {
    const world = new World()
    const source = new Source(50)
    const blocks = world.request(source, { maxOpenWants: 10 })
    const first = blocks.next()
    world.session.arrive(sampleCid(0))
    await first
    await blocks.return(undefined)
    expect([world.session.waiters.size, source.returned]).toEqual([0, 1])
  })

  it('a source that was read to its end is not closed as well', async () => {
    const world = new World()
    const source = new Source(1)
    const all = collect(world.request(source))
    await turn()
    world.session.arrive(sampleCid(0))
    await all
    expect(source.returned).toBe(0)
  })

  it('an abort releases every want at once, though nobody asks for the next block', async () => {
    const world = new World()
    const source = new Source(50)
    const controller = new AbortController()
    const blocks = world.request(source, { maxOpenWants: 10, signal: controller.signal })
    const first = blocks.next()
    world.session.arrive(sampleCid(0))
    await first
    controller.abort(new Error('changed my mind'))
    expect([world.session.waiters.size, source.returned]).toEqual([0, 1])
    await expect(blocks.next()).rejects.toThrow('changed my mind')
    expect(await blocks.next()).toEqual({ done: true, value: undefined })
  })

  it('an abort wakes a caller who waits', async () => {
    const world = new World()
    const controller = new AbortController()
    const next = world.request([cid('a')], { signal: controller.signal }).next()
    controller.abort(new Error('changed my mind'))
    await expect(next).rejects.toThrow('changed my mind')
    expect(world.session.waiters.size).toBe(0)
  })

  it('asks for nothing when the signal has aborted before', async () => {
    const world = new World()
    const source = new Source(5)
    const next = world.request(source, { signal: AbortSignal.abort(new Error('too late')) }).next()
    await expect(next).rejects.toThrow('too late')
    expect([world.session.asked, source.taken]).toEqual([[], 0])
  })

  it('an abort while the next CID is awaited ends the request, and the CID is not asked for', async () => {
    const world = new World()
    const controller = new AbortController()
    const gate = Promise.withResolvers<CID>()
    const waiting = async function* (): AsyncGenerator<CID> {
      yield await gate.promise
    }
    const next = world.request(waiting(), { signal: controller.signal }).next()
    controller.abort(new Error('changed my mind'))
    await expect(next).rejects.toThrow('changed my mind')
    gate.resolve(cid('a'))
    await turn()
    expect(world.session.asked).toEqual([])
  })

  it.each<[string, () => CidSource]>([
    ['a list', () => brokenList()],
    ['an asynchronous list', () => brokenStream()]
  ])('%s that throws ends the request with what it threw, and releases its wants', async (_name, source) => {
    const world = new World()
    const next = world.request(source()).next()
    await expect(next).rejects.toThrow('broken source')
    expect(world.session.waiters.size).toBe(0)
  })

  it.each<[string, (cids: CID[]) => CidSource]>([
    ['a list', (cids) => cids],
    ['an asynchronous list', (cids) => later(cids)]
  ])('a CID in %s that can never be fetched ends the request', async (_name, source) => {
    const world = new World()
    const admit = (of: CID): undefined => {
      if (of.equals(cid('bad'))) throw new Error('unsupported hash')
    }
    const next = world.request(source([cid('a'), cid('bad'), cid('b')]), { admit }).next()
    await expect(next).rejects.toThrow('unsupported hash')
    expect([world.session.waiters.size, world.session.asked.length]).toEqual([0, 1])
  })

  it('a block that could not be stored ends the request with the error of the store', async () => {
    const world = new World()
    const next = world.request([cid('a'), cid('b')]).next()
    world.session.fail(cid('a'), new Error('disk full'))
    await expect(next).rejects.toThrow('disk full')
    expect(world.session.waiters.size).toBe(0)
  })

  it('a block that is gone from the store when it is read again is an error that says so', async () => {
    const world = new World()
    const blocks = world.request([cid('a'), cid('b')], { bufferBytes: 0 })
    const first = blocks.next()
    world.arrive('a')
    world.arrive('b')
    await first
    world.stored.clear()
    await expect(blocks.next()).rejects.toMatchObject({ name: 'NotFoundError' })
  })

  it('a store that fails to read a block again surfaces, and the rest is released', async () => {
    const world = new World()
    const broken = { get: () => Promise.reject(new Error('EIO')) }
    const blocks = world.request(['a', 'b', 'c'].map(cid), { bufferBytes: 0, blockstore: broken })
    const first = blocks.next()
    world.arrive('a')
    world.arrive('b')
    await first
    await expect(blocks.next()).rejects.toThrow('EIO')
    expect(world.session.waiters.size).toBe(0)
  })

  it('a session that is closed ends the request', async () => {
    const world = new World()
    const next = world.request(new Source(50), { maxOpenWants: 10 }).next()
    world.session.close()
    await expect(next).rejects.toMatchObject({ name: 'SessionClosedError' })
    expect(world.session.asked.length).toBe(10)
  })
})

describe('GetBlocks, telling of its progress', () => {
  it('names every want and every block once', async () => {
    const world = new World()
    const events: ProgressEventLike[] = []
    const all = collect(world.request([cid('a'), cid('a')], { onProgress: (event) => void events.push(event) }))
    await turn()
    world.arrive('a')
    await all
    expect(events).toEqual([
      { type: 'bitswap:want', detail: cid('a') },
      { type: 'bitswap:block', detail: { cid: cid('a'), from: ALICE } }
    ])
  })

  it.each(['bitswap:want', 'bitswap:block'])('a listener that throws at %s ends its own request only', async (at) => {
    const world = new World()
    const onProgress = ({ type }: ProgressEventLike): void => {
      if (type === at) throw new Error('bad listener')
    }
    const bad = world.request([cid('a')], { onProgress }).next()
    const outcome = expect(bad).rejects.toThrow('bad listener')
    const good = world.request([cid('a')]).next()
    world.arrive('a')
    await outcome
    expect((await good).value).toMatchObject({ cid: cid('a') })
  })
})

function* brokenList(): Generator<CID> {
  yield cid('a')
  throw new Error('broken source')
}

async function* brokenStream(): AsyncGenerator<CID> {
  yield* later([cid('a')])
  throw new Error('broken source')
}
