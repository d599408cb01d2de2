import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import type { FetchedBlock } from '../../src/exchange.ts'
import { SessionHandle } from '../../src/session/session-handle.ts'
import { ALICE, BOB, cid, key } from '../support/names.ts'
import { SessionWorld } from '../support/session-world.ts'

const OWN = Uint8Array.of(7)

function world(signal?: AbortSignal) {
  const around = new SessionWorld().connect(ALICE)
  const session = around.session()
  let closed = 0
  const admit = (of: CID): Uint8Array | undefined => {
    if (of.equals(cid('bad'))) throw new Error('unsupported hash')
    return of.equals(cid('identity')) ? OWN : undefined
  }
  const parts = { session, blockstore: around.store, options: around.options, admit }
  const onClose = (): void => {
    closed++
  }
  const handle = new SessionHandle({ ...parts, onClose }, signal)
  return { around, session, handle, closed: () => closed }
}

async function collect(blocks: AsyncIterable<FetchedBlock>): Promise<FetchedBlock[]> {
  const all: FetchedBlock[] = []
  for await (const block of blocks) all.push(block)
  return all
}

/** Says nothing, ever; knows whether it was let go. */
class SilentSource implements AsyncIterable<CID> {
  [Symbol.asyncIterator](): AsyncIterator<CID> {
    return {
      next: () => new Promise(() => undefined),
      return: () => {
        this.returned++
        return Promise.resolve({ done: true, value: undefined })
      }
    }
  }

  returned = 0
}

describe('a session that ends while no block is open', () => {
  it.each([false, true])('ends a request whose source is silent (offline: %s)', async (offline) => {
    const { handle } = world()
    const source = new SilentSource()
    const next = handle.getMany(source, { offline }).next()
    const end = expect(next).rejects.toMatchObject({ name: 'SessionClosedError' })
    handle.close()
    await end
    expect(source.returned).toBe(1)
  })

  it('ends it with the reason of its signal', async () => {
    const controller = new AbortController()
    const { handle } = world(controller.signal)
    const source = new SilentSource()
    const end = expect(handle.getMany(source).next()).rejects.toThrow('the user left')
    controller.abort(new Error('the user left'))
    await end
    expect(source.returned).toBe(1)
  })

  it('ends a request whose user has a block in hand, when the next is asked for', async () => {
    const { around, handle } = world()
    around.stored.set(key('a'), OWN)
    let returned = 0
    const later = async function* (): AsyncGenerator<CID> {
      try {
        yield cid('a')
        await Promise.resolve()
        while (true) yield cid('a')
      } finally {
        returned++
      }
    }
    const blocks = handle.getMany(later(), { offline: true })
    expect((await blocks.next()).value).toMatchObject({ bytes: OWN })
    handle.close(new Error('enough'))
    await expect(blocks.next()).rejects.toThrow('enough')
    expect(await blocks.next()).toEqual({ done: true, value: undefined })
    expect(returned).toBe(1)
  })

  it('lets the list of a prefetch go', () => {
    const { handle } = world()
    let returned = 0
    const endless = function* (): Generator<CID> {
      try {
        for (let number = 0; ; number++) yield cid(`p${number}`)
      } finally {
        returned++
      }
    }
    handle.prefetch(endless())
    expect(returned).toBe(0)
    handle.close()
    handle.close()
    expect(returned).toBe(1)
  })
})

describe('a session, as its user holds it', () => {
  it('gets a block from a peer', async () => {
    const { around, handle } = world()
    const block = handle.get(cid('a'))
    await around.settle()
    around.sends(ALICE, 'a')
    expect((await block).byteLength).toBe(1_000)
  })

  it('gets many blocks, and says who sent them', async () => {
    const { around, handle } = world()
    around.stored.set(key('b'), new Uint8Array(2))
    const all = collect(handle.getMany([cid('a'), cid('b'), cid('identity')]))
    await around.settle()
    around.sends(ALICE, 'a')
    expect((await all).map(({ cid: of, from }) => [of, from])).toEqual([
      [cid('b'), undefined],
      [cid('identity'), undefined],
      [cid('a'), ALICE]
    ])
  })

  it('answers a CID that holds its block, and refuses one that can never be fetched, and asks nobody', async () => {
    const { around, handle } = world()
    expect(await handle.get(cid('identity'))).toBe(OWN)
    await expect(handle.get(cid('bad'))).rejects.toThrow('unsupported hash')
    expect(await around.settle()).toEqual([])
  })

  it('offline: looks in the local store and nowhere else', async () => {
    const { around, handle } = world()
    around.stored.set(key('a'), OWN)
    expect(await handle.get(cid('a'), { offline: true })).toBe(OWN)
    await expect(handle.get(cid('b'), { offline: true })).rejects.toMatchObject({ name: 'NotFoundError' })
    const blocks = handle.getMany([cid('a'), cid('identity'), cid('b')], { offline: true })
    expect([(await blocks.next()).done, (await blocks.next()).done]).toEqual([false, false])
    await expect(blocks.next()).rejects.toMatchObject({ name: 'NotFoundError' })
    expect(await around.settle()).toEqual([])
  })

  it('offline: connects to nobody, and tells of no wants', async () => {
    const { around, handle } = world()
    around.stored.set(key('a'), OWN)
    around.dials.set(BOB, 'reached')
    const said: unknown[] = []
    const options = { offline: true, providers: ['bob'], onProgress: (event: unknown) => said.push(event) }
    expect(await handle.get(cid('a'), options)).toBe(OWN)
    expect((await collect(handle.getMany([cid('a')], options))).length).toBe(1)
    await around.settle()
    expect([around.peers.isConnected(BOB), said]).toEqual([false, []])
  })

  it('a request that is never run connects to nobody, and takes nothing of its source', async () => {
    const { around, handle } = world()
    around.dials.set(BOB, 'reached')
    const source = new SilentSource()
    const controller = new AbortController()
    const blocks = handle.getMany(source, { providers: ['bob'], signal: controller.signal })
    await around.settle()
    expect(around.peers.isConnected(BOB)).toBe(false)
    controller.abort(new Error('changed my mind'))
    await expect(blocks.next()).rejects.toThrow('changed my mind')
    expect(source.returned).toBe(0)
  })

  it('offline: stops at an abort', async () => {
    const { around, handle } = world()
    around.stored.set(key('a'), OWN)
    const controller = new AbortController()
    const blocks = handle.getMany([cid('a'), cid('a')], { offline: true, signal: controller.signal })
    await blocks.next()
    controller.abort(new Error('changed my mind'))
    await expect(blocks.next()).rejects.toThrow('changed my mind')
  })

  it('asks the providers that come with a call', async () => {
    const { around, handle } = world()
    around.dials.set(BOB, 'reached')
    const block = handle.get(cid('a'), { providers: ['bob'] })
    expect(await around.settle()).toContain('bob: full, block a')
    around.sends(BOB, 'a')
    await block
  })

  it('asks a provider that is named while it waits, and tells of it', async () => {
    const { around, handle } = world()
    around.disconnect(ALICE)
    around.dials.set(BOB, 'reached')
    const said: string[] = []
    const block = handle.get(cid('a'), { onProgress: ({ type }) => said.push(type) })
    expect(await around.settle()).toEqual([])
    handle.addProvider('bob')
    expect(await around.settle()).toContain('bob: full, block a')
    around.sends(BOB, 'a')
    await block
    expect(said).toEqual(['bitswap:want', 'bitswap:send-wantlist', 'bitswap:block'])
    handle.close()
    expect(() => handle.addProvider('carol')).toThrow('closed')
  })

  it('bears a listener that gives up while it is told', async () => {
    const { around, handle } = world()
    const controller = new AbortController()
    const onProgress = ({ type }: { readonly type: string }): void => {
      if (type === 'bitswap:send-wantlist') controller.abort(new Error('that is all I wanted to know'))
    }
    const { signal } = controller
    const given = expect(handle.get(cid('a'), { signal, onProgress })).rejects.toThrow('all I wanted')
    const kept = collect(handle.getMany([cid('b'), cid('c')]))
    await around.settle()
    await given
    expect(around.wantlist(ALICE)).toEqual(['b', 'c'])
    around.sends(ALICE, 'b', 'c')
    expect((await kept).length).toBe(2)
  })

  it('refuses a provider that is none, and asks for nothing', async () => {
    const { around, handle } = world()
    await expect(handle.get(cid('a'), { providers: ['not a peer'] })).rejects.toMatchObject({
      name: 'InvalidParametersError'
    })
    expect(around.wants.table.size).toBe(0)
  })

  it('an abort ends one call; the session goes on', async () => {
    const { around, handle } = world()
    const controller = new AbortController()
    const one = handle.get(cid('a'), { signal: controller.signal })
    const other = handle.get(cid('a'))
    await around.settle()
    controller.abort(new Error('changed my mind'))
    await expect(one).rejects.toThrow('changed my mind')
    around.sends(ALICE, 'a')
    expect((await other).byteLength).toBe(1_000)
    await expect(handle.get(cid('b'), { signal: controller.signal })).rejects.toThrow('changed my mind')
  })

  it('closing ends all calls, and refuses new ones', async () => {
    const { around, handle, closed } = world()
    const block = handle.get(cid('a'))
    const blocks = collect(handle.getMany([cid('b')]))
    handle.prefetch([cid('c')])
    const ends = [expect(block).rejects.toMatchObject({ name: 'SessionClosedError' })]
    ends.push(expect(blocks).rejects.toMatchObject({ name: 'SessionClosedError' }))
    await around.settle()
    handle[Symbol.dispose]()
    await Promise.all(ends)
    await expect(handle.get(cid('d'))).rejects.toMatchObject({ name: 'SessionClosedError' })
    await expect(handle.getMany([]).next()).rejects.toMatchObject({ name: 'SessionClosedError' })
    await expect(handle.getMany([], { offline: true }).next()).rejects.toMatchObject({ name: 'SessionClosedError' })
    expect(() => handle.prefetch([])).toThrow(expect.objectContaining({ name: 'SessionClosedError' }))
    expect([around.wants.table.size, closed()]).toEqual([0, 1])
  })

  it('its signal ends it, with its reason', async () => {
    const controller = new AbortController()
    const { around, session, handle, closed } = world(controller.signal)
    const block = handle.get(cid('a'))
    const end = expect(block).rejects.toThrow('the user left')
    await around.settle()
    controller.abort(new Error('the user left'))
    await end
    await expect(handle.get(cid('b'))).rejects.toThrow('the user left')
    expect([session.closed, closed(), around.wants.table.size]).toEqual([true, 1, 0])
  })

  it('prefetches into the store; a call for the same block later shares the want', async () => {
    const { around, handle } = world()
    handle.prefetch([cid('a'), cid('bad')])
    await around.settle()
    const block = handle.get(cid('a'))
    around.sends(ALICE, 'a')
    expect((await block).byteLength).toBe(1_000)
  })
})
