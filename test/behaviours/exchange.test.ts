import { describe, expect, it } from 'vitest'
import { blocks, Swarm, told, type SwarmPeer } from '../support/swarm.ts'
import { first, Puppet, wireBlock } from './puppet.ts'

async function connected(...names: readonly string[]): Promise<{ swarm: Swarm; peers: readonly SwarmPeer[] }> {
  const swarm = new Swarm()
  const peers: SwarmPeer[] = []
  for (const name of names) {
    const peer = await swarm.add(name)
    for (const other of peers) await swarm.connect(peer, other)
    peers.push(peer)
  }
  return { swarm, peers }
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`)
}

describe('blocks', () => {
  it.each([
    ['two peers, a hundred blocks', 2, 100],
    ['ten peers, a hundred blocks', 10, 100],
    ['fifty peers, two blocks', 50, 2]
  ])('reach a whole swarm that one peer put them into: %s', async (_name, count, blockCount) => {
    const { swarm, peers } = await connected(...numbered('peer', count))
    const all = blocks(blockCount, 2_000)
    const [source, ...others] = peers
    await source?.has(all)
    const requests = others.map(async ({ bitswap }) => {
      let bytes = 0
      for await (const block of bitswap.getMany(all.map(({ cid }) => cid))) bytes += block.bytes.length
      return bytes
    })
    const total = blockCount * 2_000
    expect(await swarm.clock.until(Promise.all(requests), 60_000)).toEqual(others.map(() => total))
    expect(others.map(({ bitswap }) => bitswap.wantlist())).toEqual(others.map(() => []))
  })

  it('are taken from a peer that was not asked for them, while they are wanted', async () => {
    const { swarm, peers } = await connected('bob')
    const bob = first(peers)
    const giver = await Puppet.join(swarm, 'giver')
    const wanted = first(blocks(1, 3_000))
    const request = bob.bitswap.get(wanted.cid)
    await swarm.clock.advance(100)
    await swarm.clock.until(giver.port.connect({ peer: bob.id, addresses: [] }))
    giver.says(bob, { blocks: [wireBlock(wanted)] })
    expect(await swarm.clock.until(request, 1_000)).toEqual(wanted.bytes)
    expect(bob.store.has(wanted.cid)).toBe(true)
  })

  it('that are told of by `notify` reach who waits for them, though nobody is served', async () => {
    const swarm = new Swarm()
    const bob = await swarm.add('bob', { options: { engine: { enabled: false } } })
    const wanted = first(blocks(1, 3_000))
    const request = bob.bitswap.get(wanted.cid)
    await swarm.clock.advance(100)
    await bob.store.put(wanted.cid, wanted.bytes)
    await bob.bitswap.notify([wanted.cid])
    expect(await swarm.clock.until(request, 10)).toEqual(wanted.bytes)
  })
})

describe('a request that nobody can fulfil', () => {
  it.each([
    ['routing knows only a peer that is gone', 'gone'],
    ['a peer has the block, and routing does not know of it', 'unknown']
  ])('waits until its time is up: %s', async (_name, what) => {
    const { swarm, peers } = await connected('bob', 'bystander')
    const bob = first(peers)
    const holder = await swarm.add('holder')
    const wanted = first(blocks(1, 3_000))
    await holder.has([wanted])
    if (what === 'gone') {
      swarm.routing.provide(holder.id, wanted.cid)
      await swarm.stop(holder)
    }
    const start = swarm.clock.now()
    const request = bob.bitswap.get(wanted.cid, { signal: swarm.signalAfter(10_000) })
    await expect(swarm.clock.until(request)).rejects.toThrow('time is up')
    expect(swarm.clock.now() - start).toBe(10_000)
    await swarm.clock.advance(50)
    expect(peers.map(({ bitswap }) => [bitswap.wantlist(), bitswap.wantlistOf(bob.id)].flat())).toEqual([[], []])
  })

  it('leaves no want behind that was given up, and keeps those that were not', async () => {
    const { swarm, peers } = await connected('bob', 'alice')
    const [bob, alice] = [first(peers), first(peers.slice(1))]
    const abort = new AbortController()
    const session = bob.bitswap.createSession()
    const wanted = blocks(11)
    const requests = wanted.map(({ cid }, i) => session.get(cid, i < 6 ? { signal: abort.signal } : {}))
    const ends = Promise.allSettled(requests)
    await swarm.clock.advance(2_000)
    expect([bob.bitswap.wantlist(), alice.bitswap.wantlistOf(bob.id)].map(({ length }) => length)).toEqual([11, 11])
    abort.abort()
    await swarm.clock.advance(50)
    const kept = wanted.slice(6).map(({ cid }) => cid.toString())
    expect(bob.bitswap.wantlist().map(({ cid }) => cid.toString())).toEqual(kept)
    expect(new Set(alice.bitswap.wantlistOf(bob.id).map(({ cid }) => cid.toString()))).toEqual(new Set(kept))
    session.close()
    await ends
    await swarm.clock.advance(50)
    expect([bob.bitswap.wantlist(), alice.bitswap.wantlistOf(bob.id)]).toEqual([[], []])
  })
})

describe('peers that are not needed', () => {
  it('forget the want when the block came from another, and every count is exact', async () => {
    const { swarm, peers } = await connected('bob', 'alice', 'carol', 'dave')
    const [bob, alice, ...others] = [first(peers), first(peers.slice(1)), ...peers.slice(2)]
    const wanted = first(blocks(1, 5_000))
    const request = bob.bitswap.get(wanted.cid)
    await swarm.clock.advance(500)
    for (const other of others) expect(other.bitswap.wantlistOf(bob.id)).toHaveLength(1)
    await alice.has([wanted])
    await swarm.clock.until(request, 1_000)
    await swarm.clock.advance(600)
    for (const other of others) {
      expect(other.bitswap.wantlistOf(bob.id)).toEqual([])
      expect(told(swarm, bob, other, wanted.cid).at(-1)).toBe('cancel')
      expect(other.bitswap.stat()).toMatchObject({ blocksSent: 0, blocksReceived: 0 })
    }
    expect(alice.bitswap.stat()).toMatchObject({ blocksSent: 1, dataSent: 5_000, blocksReceived: 0 })
    expect(bob.bitswap.stat()).toMatchObject({ blocksSent: 0, blocksReceived: 1, dataReceived: 5_000 })
    expect(bob.bitswap.stat().dupBlocksReceived).toBe(0)
  })

  it('hear next to nothing of a session that found whom it needs: a question, and that it is taken back', async () => {
    const { swarm, peers } = await connected('bob', 'alice', ...numbered('other', 8))
    const [bob, alice] = [first(peers), first(peers.slice(1))]
    const wanted = blocks(101, 3_000)
    await alice.has(wanted)
    const session = bob.bitswap.createSession()
    for (const { cid } of wanted) await swarm.clock.until(session.get(cid))
    session.close()
    await swarm.clock.advance(100)
    for (const { id } of peers.slice(2)) {
      const heard = swarm.hub.log.filter(({ from, to }) => from === bob.id && to === id)
      expect(heard.length).toBeLessThanOrEqual(2)
    }
    expect(alice.bitswap.stat().blocksSent).toBe(101)
  })
})

describe('the ledgers of two peers', () => {
  it.each([
    ['one way', 3, 0],
    ['both ways', 3, 2]
  ])('mirror each other: %s', async (_name, toBob, toAlice) => {
    const { swarm, peers } = await connected('alice', 'bob')
    const [alice, bob] = [first(peers), first(peers.slice(1))]
    const [hers, his] = [blocks(toBob, 4_000), blocks(toAlice, 3_000, 100)]
    await alice.has(hers)
    await bob.has(his)
    await swarm.fetch(bob, hers)
    await swarm.fetch(alice, his)
    const [sent, received] = [toBob * 4_000, toAlice * 3_000]
    expect(alice.bitswap.ledger(bob.id)).toMatchObject({ bytesSent: sent, bytesReceived: received })
    expect(bob.bitswap.ledger(alice.id)).toMatchObject({ bytesSent: received, bytesReceived: sent })
    // Recent bytes fade, a little in a moment.
    expect(alice.bitswap.ledger(bob.id)?.debtRatio).toBeCloseTo(sent / (received + 1), received === 0 ? -1 : 3)
    expect(bob.bitswap.ledger(alice.id)?.debtRatio).toBeCloseTo(received / (sent + 1), 3)
  })
})
