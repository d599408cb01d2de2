import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { blocks, Swarm, told } from '../support/swarm.ts'

const LIMIT = { limitMs: 30_000 }

describe('Exchange with a policy', () => {
  it('a denied block is not admitted, not served, and not told of when it arrives', async () => {
    const swarm = new Swarm()
    const [secret, open] = blocks(2)
    if (secret === undefined || open === undefined) throw new Error('no blocks')
    const alice = await swarm.add('alice')
    const bob = await swarm.add('bob')
    await alice.has([open])
    alice.bitswap.policy.deny({ cid: secret.cid })
    await swarm.connect(bob, alice)
    const wanted = bob.bitswap.get(secret.cid, { signal: swarm.signalAfter(20_000) })
    await swarm.fetch(bob, [open], LIMIT)
    await alice.has([secret])
    await expect(swarm.clock.until(wanted, 30_000)).rejects.toThrow('time is up')
    expect(told(swarm, alice, bob, secret.cid)).not.toContain('have')
    expect(told(swarm, alice, bob, secret.cid)).toContain('dont-have')
    expect(alice.bitswap.ledger('bob')?.bytesSent).toBe(64)
  })

  it('a block that is denied to one peer is served to another, and to that one when the rule is gone', async () => {
    const swarm = new Swarm()
    const [block] = blocks(1)
    if (block === undefined) throw new Error('no blocks')
    const [alice, bob, charlie] = [await swarm.add('alice'), await swarm.add('bob'), await swarm.add('charlie')]
    await alice.has([block])
    alice.bitswap.policy.deny({ cid: block.cid, peer: 'bob' })
    await swarm.connect(bob, alice)
    await swarm.connect(charlie, alice)
    const wanted = bob.bitswap.get(block.cid)
    expect((await swarm.fetch(charlie, [block], LIMIT)).get(alice.id)).toBe(1)
    expect(alice.bitswap.policy.remove({ cid: block.cid, peer: 'bob' })).toBe(true)
    expect(await swarm.clock.until(wanted, 1_000)).toEqual(block.bytes)
    expect(alice.bitswap.ledger('bob')?.bytesSent).toBe(64)
  })

  it('a denied peer is cut off, cannot come back or be connected to, and can when the rule is gone', async () => {
    const swarm = new Swarm()
    const some = blocks(3)
    const [alice, bob] = [await swarm.add('alice'), await swarm.add('bob')]
    await alice.has(some)
    await swarm.connect(bob, alice)
    alice.bitswap.policy.deny({ peer: bob.id })
    await swarm.clock.advance(1_000)
    expect([swarm.hub.isConnected(alice.id, bob.id), alice.bitswap.stat().partners]).toEqual([false, []])
    await expect(swarm.connect(bob, alice)).rejects.toThrow('refuses')
    await expect(swarm.connect(alice, bob)).rejects.toThrow('refuses')
    alice.bitswap.policy.remove({ peer: bob.id })
    await swarm.connect(bob, alice)
    expect((await swarm.fetch(bob, some, LIMIT)).get(alice.id)).toBe(3)
  })

  it('cannot deny or ban itself, and no rule is made', async () => {
    const { id, bitswap } = await new Swarm().add('alice')
    const [block] = blocks(1)
    expect(() => bitswap.policy.deny({ peer: id })).toThrow('alice is this peer itself, which cannot be denied')
    expect(() => bitswap.policy.deny({ peer: id, cid: block?.cid })).toThrow('this peer itself')
    expect(() => bitswap.trust.ban(id)).toThrow('alice is this peer itself, which cannot be banned')
    expect([bitswap.policy.rules(), bitswap.trust.all()]).toEqual([[], []])
  })

  it('serves nobody when the server is off, says so to those that ask, and fetches all the same', async () => {
    const swarm = new Swarm()
    const [mine, theirs] = blocks(2)
    if (mine === undefined || theirs === undefined) throw new Error('no blocks')
    const alice = await swarm.add('alice', { options: { engine: { enabled: false } } })
    const bob = await swarm.add('bob')
    await alice.has([mine])
    await bob.has([theirs])
    await swarm.connect(alice, bob)
    expect((await swarm.fetch(alice, [theirs], LIMIT)).get(bob.id)).toBe(1)
    const wanted = bob.bitswap.get(mine.cid, { signal: swarm.signalAfter(5_000) })
    await expect(swarm.clock.until(wanted, 10_000)).rejects.toThrow('time is up')
    expect(told(swarm, alice, bob, mine.cid)).toContain('dont-have')
    expect(told(swarm, alice, bob, mine.cid)).not.toContain('have')
    expect(alice.bitswap.stat().blocksSent).toBe(0)
    expect(alice.bitswap.wantlistOf(toPeerId('bob'))).toEqual([])
  })
})
