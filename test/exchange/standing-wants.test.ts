import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { blocks, Swarm } from '../support/swarm.ts'

describe('a want that nobody can fulfil yet', () => {
  it('stands with everybody within reach, whoever joins later', async () => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const others = []
    for (const name of ['one', 'two', 'three', 'late']) others.push(await swarm.add(name))
    for (const other of others.slice(0, 3)) await swarm.connect(fetcher, other)
    const [wanted] = blocks(1, 5_000)
    if (wanted === undefined) throw new Error('no block')
    const request = fetcher.bitswap.get(wanted.cid)
    request.catch(() => undefined)
    await swarm.clock.advance(600)
    for (const other of others.slice(3)) await swarm.connect(fetcher, other)
    await swarm.clock.advance(600)
    const holders = others.filter(({ bitswap }) => bitswap.wantlistOf(toPeerId('fetcher')).length === 1)
    expect(holders.map(({ id }) => id)).toEqual(others.map(({ id }) => id))
  })

  it('is fulfilled at once by whoever gets the block', async () => {
    for (const lucky of [0, 1, 2, 3]) {
      const swarm = new Swarm()
      const fetcher = await swarm.add('fetcher')
      const others = []
      for (const name of ['one', 'two', 'three', 'late']) others.push(await swarm.add(name))
      for (const other of others.slice(0, 3)) await swarm.connect(fetcher, other)
      const [wanted] = blocks(1, 5_000)
      if (wanted === undefined) throw new Error('no block')
      const request = fetcher.bitswap.get(wanted.cid)
      await swarm.clock.advance(600)
      for (const other of others.slice(3)) await swarm.connect(fetcher, other)
      await swarm.clock.advance(600)
      await others[lucky]?.has([wanted])
      await swarm.clock.until(request, 1_000)
    }
  })

  it('stands with those, too, that denied the block to an earlier request', async () => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const others = [await swarm.add('one'), await swarm.add('two')]
    for (const other of others) await swarm.connect(fetcher, other)
    const [wanted] = blocks(1, 5_000)
    if (wanted === undefined) throw new Error('no block')
    const abort = new AbortController()
    const first = fetcher.bitswap.get(wanted.cid, { signal: abort.signal })
    first.catch(() => undefined)
    await swarm.clock.advance(500)
    abort.abort()
    await swarm.clock.advance(500)
    const second = fetcher.bitswap.get(wanted.cid)
    await swarm.clock.advance(500)
    await others[1]?.has([wanted])
    await swarm.clock.until(second, 1_000)
  })

  it('is asked of a peer that was given up on, once that says that it has the block', async () => {
    const swarm = new Swarm()
    const [fetcher, slow, quick] = [await swarm.add('fetcher'), await swarm.add('slow'), await swarm.add('quick')]
    const [first, second] = blocks(2, 5_000)
    if (first === undefined || second === undefined) throw new Error('no block')
    await slow.has([first])
    await swarm.connect(fetcher, slow)
    swarm.hub.dropNext(slow.id, fetcher.id)
    const request = fetcher.bitswap.get(first.cid)
    await swarm.clock.advance(3_500)
    await swarm.connect(fetcher, quick)
    await quick.has([first])
    await swarm.clock.until(request, 1_000)
    const standing = fetcher.bitswap.get(second.cid)
    await swarm.clock.advance(600)
    await slow.has([second])
    await swarm.clock.until(standing, 1_000)
  })
})
