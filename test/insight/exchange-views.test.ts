import { describe, expect, it } from 'vitest'
import { WantCancelledError } from '../../src/errors.ts'
import { ExchangeMeter } from '../../src/exchange-meter.ts'
import type { WantInsight } from '../../src/exchange-insight.ts'
import { MAX_ASKED_SHOWN } from '../../src/insight/want-views.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { Swarm, type SwarmPeer } from '../support/swarm.ts'

const MISSING = numberedBlock(1)

/** Alice, connected to as many others as were named. */
async function swarmOf(...names: readonly string[]): Promise<{ swarm: Swarm; alice: SwarmPeer; others: SwarmPeer[] }> {
  const swarm = new Swarm()
  const alice = await swarm.add('alice')
  const others: SwarmPeer[] = []
  for (const name of names) {
    const other = await swarm.add(name)
    await swarm.connect(alice, other)
    others.push(other)
  }
  return { swarm, alice, others }
}

function only(wants: readonly WantInsight[]): WantInsight {
  const [first] = wants
  if (first === undefined || wants.length > 1) throw new Error(`${wants.length} wants`)
  return first
}

describe('what an exchange shows', () => {
  it('is for whom a block is wanted, who was asked, and why it does not come', async () => {
    const { swarm, alice } = await swarmOf('bob', 'carol')
    const { insight } = alice.bitswap
    const startedAt = insight.now()
    const waits = alice.bitswap.get(MISSING.cid, { signal: swarm.signalAfter(30_000), label: 'cat a file' })
    const also = alice.bitswap.get(MISSING.cid, { signal: swarm.signalAfter(30_000) })
    const settled = Promise.allSettled([waits, also])
    await swarm.clock.advance(1_000)
    expect(only(insight.wants(10)).stuckBecause).toBeUndefined()
    await swarm.clock.advance(19_000)
    const want = only(insight.wants(10))
    expect(want).toMatchObject({ sessions: 2, session: { id: 1, label: 'cat a file' }, phase: 'searching' })
    expect(want).toMatchObject({ asked: 2, dontHave: 2, have: 0, silent: 0 })
    expect(want.since).toBe(startedAt)
    expect(insight.oldestWantAt()).toBe(startedAt)
    expect(want.peers.map(({ peer, answer }) => [peer, answer])).toEqual([
      ['bob', 'dont-have'],
      ['carol', 'dont-have']
    ])
    expect(want.search).toMatchObject({ found: 0 })
    expect(want.stuckBecause?.code).toBe('all-dont-have')
    expect(insight.sessions(10).map(({ label, open, searching }) => [label, open, searching])).toEqual([
      ['cat a file', 1, 1],
      ['get', 1, 1]
    ])
    await swarm.clock.until(settled)
    expect([insight.wantCount, insight.sessionCount, insight.wants(10)]).toEqual([0, 0, []])
  })

  it('is what a request wants, and how that stands for it, whoever else wants the same', async () => {
    const { swarm, alice } = await swarmOf('bob')
    const { insight } = alice.bitswap
    const [first, second] = [numberedBlock(2), numberedBlock(3)]
    const signal = swarm.signalAfter(10_000)
    const settled = Promise.allSettled([
      alice.bitswap.get(MISSING.cid, { signal, label: 'cat a' }),
      alice.bitswap.get(MISSING.cid, { signal, label: 'cat b' }),
      alice.bitswap.get(first.cid, { signal, label: 'cat b' }),
      alice.bitswap.get(second.cid, { signal, label: 'cat a' })
    ])
    await swarm.clock.advance(6_000)
    expect(insight.wants(1).map(({ session }) => session?.label)).toEqual(['cat a'])
    const { total, wants } = insight.wantsOf('cat b', 10)
    expect([total, wants.map(({ cid }) => cid.toString())]).toEqual([
      2,
      [MISSING, first].map(({ cid }) => cid.toString())
    ])
    expect(wants.map(({ session, sessions, stuckBecause }) => [session?.label, sessions, stuckBecause?.code])).toEqual([
      ['cat b', 2, 'all-dont-have'],
      ['cat b', 1, 'all-dont-have']
    ])
    expect([insight.wantsOf('cat b', 1).total, insight.wantsOf('cat b', 1).wants.length]).toEqual([2, 1])
    expect(insight.wantsOf('cat', 10)).toEqual({ total: 0, wants: [] })
    await swarm.clock.until(settled)
  })

  it('names some of those who were asked, those that say nothing before those that deny', async () => {
    const names = Array.from({ length: MAX_ASKED_SHOWN + 3 }, (_, n) => `peer${n}`)
    const { swarm, alice } = await swarmOf(...names)
    const settled = Promise.allSettled([alice.bitswap.get(MISSING.cid, { signal: swarm.signalAfter(10_000) })])
    await swarm.clock.advance(5_000)
    const want = only(alice.bitswap.insight.wants(1))
    expect([want.asked, want.peers.length]).toEqual([names.length, MAX_ASKED_SHOWN])
    await swarm.clock.until(settled)
  })

  it('is what is held for a partner, and what it owes', async () => {
    const { swarm, alice, others } = await swarmOf('bob')
    const [bob] = others
    const blocks = [2, 3, 4].map((n) => numberedBlock(n, 1_000))
    await bob?.has(blocks)
    await swarm.fetch(alice, blocks)
    const partner = alice.bitswap.insight.partner('bob')
    expect(partner).toMatchObject({ owes: 0, pendingTasks: 0, overflowDropped: 0 })
    expect(alice.bitswap.insight.partner('nobody')).toBeUndefined()
    expect(alice.bitswap.insight.traffic()).toMatchObject({ payloadIn: 3_000, duplicateIn: 0, payloadOut: 0 })
    expect(alice.bitswap.insight.engine()).toMatchObject({ strategy: 'debt-ratio', slotsUsed: 0 })
  })

  it('counts sizes once somebody brings a meter', async () => {
    const { swarm, alice, others } = await swarmOf('bob')
    const [before, after] = [numberedBlock(2, 1_000), numberedBlock(3, 2_000)]
    await others[0]?.has([before, after])
    await swarm.fetch(alice, [before])
    const meter = new ExchangeMeter(() => swarm.clock.now())
    alice.bitswap.insight.observe(meter)
    await swarm.fetch(alice, [after])
    expect([meter.received.total, meter.received.sum, meter.answers.sum]).toEqual([1, 2_000, 2_000])
    expect(meter.wantlistItems).toBeGreaterThan(0)
  })

  it('tells what a policy denied', async () => {
    const { swarm, alice, others } = await swarmOf('bob')
    const [bob] = others
    await alice.has([MISSING])
    alice.bitswap.policy.deny({ cid: MISSING.cid })
    const settled = Promise.allSettled([bob?.bitswap.get(MISSING.cid, { signal: swarm.signalAfter(3_000) })])
    await swarm.clock.until(settled)
    const denied = alice.bitswap.insight.refused().find(({ id }) => id === 'denied-block')
    expect(denied?.count).toBeGreaterThan(0)
  })
})

describe('a want that its owner takes back', () => {
  it('fails whoever waits, and is cancelled where it was asked', async () => {
    const { swarm, alice, others } = await swarmOf('bob')
    const waits = alice.bitswap.get(MISSING.cid)
    const many = alice.bitswap.getMany([MISSING.cid]).next()
    const settled = Promise.allSettled([waits, many])
    await swarm.clock.advance(5_000)
    expect(others[0]?.bitswap.wantlistOf('alice').length).toBe(1)
    expect(alice.bitswap.insight.unwant(MISSING.cid)).toBe(2)
    for (const one of await swarm.clock.until(settled)) {
      expect(one.status === 'rejected' && one.reason).toBeInstanceOf(WantCancelledError)
    }
    await swarm.clock.advance(5_000)
    expect(others[0]?.bitswap.wantlistOf('alice')).toEqual([])
    expect([alice.bitswap.wantlist(), alice.bitswap.insight.unwant(MISSING.cid)]).toEqual([[], 0])
  })
})
