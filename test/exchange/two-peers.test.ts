import { describe, expect, it } from 'vitest'
import { blocks, Swarm, told, type SwarmPeer } from '../support/swarm.ts'

async function pair(): Promise<{ swarm: Swarm; alice: SwarmPeer; bob: SwarmPeer }> {
  const swarm = new Swarm()
  const alice = await swarm.add('alice')
  const bob = await swarm.add('bob')
  await swarm.connect(alice, bob)
  return { swarm, alice, bob }
}

function expectLedgersToAgree(a: SwarmPeer, b: SwarmPeer): void {
  expect(a.bitswap.ledger(b.id)?.bytesSent ?? 0).toBe(b.bitswap.ledger(a.id)?.bytesReceived ?? 0)
  expect(b.bitswap.ledger(a.id)?.bytesSent ?? 0).toBe(a.bitswap.ledger(b.id)?.bytesReceived ?? 0)
}

describe('two peers', () => {
  it('trade one block, and both ledgers say so', async () => {
    const { swarm, alice, bob } = await pair()
    const [block] = blocks(1, 5_000)
    if (block === undefined) throw new Error('no block')
    await alice.has([block])
    const bytes = await swarm.clock.until(bob.bitswap.get(block.cid))
    expect(bytes).toEqual(block.bytes)
    expect(await swarm.clock.until(bob.bitswap.get(block.cid, { offline: true }))).toEqual(block.bytes)
    expect(alice.bitswap.ledger('bob')).toMatchObject({ bytesSent: 5_000, bytesReceived: 0, exchanges: 1 })
    expect(bob.bitswap.ledger('alice')).toMatchObject({ bytesSent: 0, bytesReceived: 5_000, exchanges: 1 })
    expect(bob.bitswap.wantlist()).toEqual([])
    expect(alice.bitswap.wantlistOf('bob')).toEqual([])
  })

  it('need one round trip when there is nobody else to choose', async () => {
    const { swarm, alice, bob } = await pair()
    const [block] = blocks(1, 5_000)
    if (block === undefined) throw new Error('no block')
    await alice.has([block])
    const start = swarm.clock.now()
    await swarm.clock.until(bob.bitswap.get(block.cid))
    expect(swarm.clock.now() - start).toBe(20)
  })

  it('trade both ways at once, with every byte once in each ledger', async () => {
    const { swarm, alice, bob } = await pair()
    const hers = blocks(300, 2_000)
    const his = blocks(200, 3_000, 1_000)
    await alice.has(hers)
    await bob.has(his)
    await Promise.all([swarm.fetch(bob, hers), Promise.resolve()])
    await swarm.fetch(alice, his)
    expect(alice.bitswap.ledger('bob')).toMatchObject({ bytesSent: 600_000, bytesReceived: 600_000 })
    expectLedgersToAgree(alice, bob)
  })

  it('deliver a block that appears only after it was wanted', async () => {
    const { swarm, alice, bob } = await pair()
    const [block] = blocks(1, 3_000)
    if (block === undefined) throw new Error('no block')
    const wanted = bob.bitswap.get(block.cid)
    await swarm.clock.advance(10_000)
    expect(told(swarm, alice, bob, block.cid)).toContain('dont-have')
    await alice.bitswap.put(block.cid, block.bytes)
    const start = swarm.clock.now()
    expect(await swarm.clock.until(wanted)).toEqual(block.bytes)
    expect(swarm.clock.now() - start).toBeLessThanOrEqual(30)
    expectLedgersToAgree(alice, bob)
  })

  it('keep the want of one waiter when the other aborts, and cancel on the wire when both do', async () => {
    const { swarm, alice, bob } = await pair()
    const [block] = blocks(1)
    if (block === undefined) throw new Error('no block')
    const first = new AbortController()
    const second = new AbortController()
    const session = bob.bitswap.createSession()
    const one = session.get(block.cid, { signal: first.signal })
    const two = bob.bitswap.get(block.cid, { signal: second.signal })
    await swarm.clock.advance(100)
    expect(alice.bitswap.wantlistOf('bob')).toHaveLength(1)
    first.abort(new Error('enough'))
    await expect(one).rejects.toThrow('enough')
    await swarm.clock.advance(100)
    expect(bob.bitswap.wantlist()).toHaveLength(1)
    expect(told(swarm, bob, alice, block.cid)).not.toContain('cancel')
    second.abort(new Error('enough, too'))
    await expect(two).rejects.toThrow('enough, too')
    await swarm.clock.advance(100)
    expect(bob.bitswap.wantlist()).toEqual([])
    expect(told(swarm, bob, alice, block.cid)).toContain('cancel')
    expect(alice.bitswap.wantlistOf('bob')).toEqual([])
  })

  it('never hold more than 1,000 wants of one at the other, however many are asked for', async () => {
    const { swarm, alice, bob } = await pair()
    const many = blocks(20_000)
    await alice.has(many)
    swarm.hub.shapeLink(alice.id, bob.id, { latencyMs: 500 })
    await swarm.fetch(bob, many)
    let outstanding = 0
    let most = 0
    for (const { from, message } of swarm.hub.log) {
      if (from === bob.id) outstanding += message.wants.length
      else outstanding -= message.blocks.length
      most = Math.max(most, outstanding)
    }
    expect(most).toBeGreaterThan(500)
    expect(most).toBeLessThanOrEqual(1_000)
    expectLedgersToAgree(alice, bob)
  })

  it('serve the empty block', async () => {
    const { swarm, alice, bob } = await pair()
    const empty = blocks(1, 0)
    await alice.has(empty)
    await swarm.fetch(bob, empty)
  })

  it('tell everything anew when the stream that carried the wants broke', async () => {
    const { swarm, alice, bob } = await pair()
    const some = blocks(50, 1_500)
    await alice.has(some)
    const fetched = swarm.fetch(bob, some)
    await Promise.resolve()
    swarm.hub.breakStream(bob.id, alice.id)
    await fetched
  })
})
