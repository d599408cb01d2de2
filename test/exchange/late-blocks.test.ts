import { describe, expect, it } from 'vitest'
import { Puppet, wireBlock } from '../behaviours/puppet.ts'
import { LATENESS, LateRounds } from '../support/late-rounds.ts'
import { SEED } from '../support/seed.ts'
import { blocks, Swarm } from '../support/swarm.ts'

describe('an honest peer whose blocks come late', () => {
  it.each(LATENESS)('%s, is never taken for a liar', async (kind) => {
    const rounds = await LateRounds.start(SEED)
    for (let round = 1; round <= 100; round++) {
      const late = await rounds.round(kind)
      const { dupBlocksReceived, unwantedBlocksReceived } = rounds.bob.bitswap.stat()
      expect([dupBlocksReceived, unwantedBlocksReceived]).toEqual([round, 0])
      rounds.expectTrust(late)
    }
    rounds.expectLedgers()
  })

  it('is not when thousands of others were asked for and came meanwhile', async () => {
    const swarm = new Swarm({ link: { latencyMs: 5 }, maxLog: 0 })
    const bob = await swarm.add('bob')
    const [near, late] = [await swarm.add('near'), await swarm.add('late')]
    for (const peer of [near, late]) await swarm.connect(bob, peer)
    const [owed] = blocks(1, 2_048, 20_000)
    const some = blocks(9_000, 64)
    await near.has(some)
    await late.has(some.slice(0, 20))
    if (owed !== undefined) await late.has([owed])
    swarm.hub.stall(late.id, bob.id)
    // One request each: all connected peers are asked whether they have the block.
    for (let at = 0; at < some.length; at += 500) {
      const requests = some.slice(at, at + 500).map(({ cid }) => bob.bitswap.get(cid))
      await swarm.clock.until(Promise.all(requests), 60_000)
    }
    const debt = owed && bob.bitswap.get(owed.cid, { providers: [late.id], broadcast: false })
    await swarm.clock.advance(100)
    swarm.hub.resume(late.id, bob.id)
    await swarm.clock.until(Promise.resolve(debt), 60_000)
    expect(bob.bitswap.stat().dupBlocksReceived).toBeGreaterThan(0)
    expect(bob.bitswap.trust.of('late')).toMatchObject({ strikes: 0, mismatches: 0, banned: undefined })
  })

  it('is not when it was gone in between', async () => {
    const swarm = new Swarm()
    const bob = await swarm.add('bob')
    const late = await Puppet.join(swarm, 'late')
    const connect = (): Promise<unknown> => swarm.clock.until(late.port.connect({ peer: bob.id, addresses: [] }))
    await connect()
    const [first, second] = blocks(2, 2_048)
    if (first === undefined || second === undefined) throw new Error('no blocks')
    const request = bob.bitswap.get(first.cid, { providers: [late.id], signal: swarm.signalAfter(500) })
    request.catch(() => undefined)
    await swarm.clock.advance(100)
    swarm.hub.partition([late.id], [bob.id])
    await swarm.clock.advance(1_000)
    swarm.hub.heal()
    await connect()
    const other = bob.bitswap.get(second.cid, { providers: [late.id] })
    await swarm.clock.advance(100)
    late.says(bob, { blocks: [first, second].map(wireBlock) })
    expect(await swarm.clock.until(other, 10_000)).toEqual(second.bytes)
    expect(bob.bitswap.stat().dupBlocksReceived).toBe(1)
    expect(bob.bitswap.trust.of('late')).toMatchObject({ strikes: 0, mismatches: 0 })
  })
})
