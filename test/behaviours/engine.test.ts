import { describe, expect, it } from 'vitest'
import { blocks, Swarm, type SwarmPeer } from '../support/swarm.ts'
import { first, presenceOf, Puppet, wantOf } from './puppet.ts'

const MISSING = blocks(4, 2_000, 5_000)

async function holderWith(names: readonly string[], options: Parameters<Swarm['add']>[1] = {}) {
  const swarm = new Swarm()
  const holder = await swarm.add('holder', options)
  const askers: Puppet[] = []
  for (const name of names) {
    const asker = await Puppet.join(swarm, name)
    await swarm.clock.until(asker.port.connect({ peer: holder.id, addresses: [] }))
    askers.push(asker)
  }
  return { swarm, holder, askers }
}

function namesOf(asker: Puppet, known: readonly { readonly bytes: Uint8Array }[]): number[] {
  return asker.blocks.map(({ bytes }) => known.findIndex((block) => Buffer.from(block.bytes).equals(bytes)))
}

describe('a want for a block that is not here yet', () => {
  it.each([
    ['want-block', 'block', 2_000, ['dont-have'], 1],
    ['want-have', 'have', 2_000, ['dont-have', 'have'], 0],
    // Others were asked as well: sent by each of them, a small block would come many times.
    ['want-have, for a block that is no longer than an answer', 'have', 500, ['dont-have', 'have'], 0]
  ] as const)('is denied, stands, and is answered when the block comes: %s', async (_name, type, size, said, sent) => {
    const { swarm, holder, askers } = await holderWith(['asker'])
    const asker = first(askers)
    const block = first(blocks(1, size))
    asker.says(holder, { wants: [wantOf(block, { type })] })
    await swarm.clock.advance(60_000)
    expect(holder.bitswap.wantlistOf(asker.id)).toHaveLength(1)
    await holder.has([block])
    await swarm.clock.advance(100)
    expect([asker.answers(block.cid), asker.blocks.length]).toEqual([said, sent])
    expect(holder.bitswap.wantlistOf(asker.id)).toEqual([])
  })

  it('is met with silence, and stands all the same, when no denial is asked for', async () => {
    const { swarm, holder, askers } = await holderWith(['asker'])
    const asker = first(askers)
    asker.says(holder, { wants: MISSING.map((block) => wantOf(block, { sendDontHave: false })) })
    await swarm.clock.advance(1_000)
    expect(asker.heard.flatMap(({ presences }) => presences)).toEqual([])
    await holder.has(MISSING)
    await swarm.clock.advance(100)
    expect(namesOf(asker, MISSING).toSorted()).toEqual([0, 1, 2, 3])
  })

  it('goes with its peer: nothing is kept, or sent, of what somebody wanted who has left', async () => {
    const { swarm, holder, askers } = await holderWith(['asker', 'other'])
    for (const asker of askers) asker.says(holder, { wants: MISSING.map((block) => wantOf(block)) })
    await swarm.clock.advance(100)
    const [gone, stays] = [first(askers), first(askers.slice(1))]
    swarm.hub.cut(holder.id, gone.id)
    await swarm.clock.advance(100)
    expect([gone, stays].map(({ id }) => holder.bitswap.wantlistOf(id).length)).toEqual([0, 4])
    await swarm.clock.until(gone.port.connect({ peer: holder.id, addresses: [] }))
    await holder.has(MISSING)
    await swarm.clock.advance(100)
    expect([gone.blocks.length, stays.blocks.length]).toEqual([0, 4])
  })
})

describe('a want for a block that is here', () => {
  it('is not answered after its cancel, and those left are served by priority', async () => {
    const { swarm, holder, askers } = await holderWith(['asker'], { uploadBytesPerSecond: 10_000_000 })
    const asker = first(askers)
    const all = blocks(20, 300_000)
    await holder.has(all)
    // While the asker does not read, all but what is on its way waits.
    swarm.hub.stall(holder.id, asker.id)
    asker.says(holder, { wants: all.map((block, i) => wantOf(block, { priority: i < 10 ? 1 : 100 - i })) })
    await swarm.clock.advance(100)
    const early = 3
    asker.says(holder, { cancels: all.filter((_, i) => i % 2 === 1).map((block) => wantOf(block)) })
    await swarm.clock.advance(100)
    swarm.hub.resume(holder.id, asker.id)
    await swarm.clock.advance(10_000)
    const came = namesOf(asker, all)
    expect(came.slice(early)).toEqual([14, 16, 18, 0, 2, 4, 6, 8])
    expect(came.slice(0, early)).toEqual([10, 11, 12])
  })

  it('is answered "have" and then with the block: the two are two questions', async () => {
    const { swarm, holder, askers } = await holderWith(['asker'])
    const asker = first(askers)
    const block = first(blocks(1, 2_000))
    await holder.has([block])
    asker.says(holder, { wants: [wantOf(block, { type: 'have' })] })
    await swarm.clock.advance(100)
    asker.says(holder, { wants: [wantOf(block)] })
    await swarm.clock.advance(100)
    expect([asker.answers(block.cid), asker.blocks.length]).toEqual([['have'], 1])
  })
})

describe('a newcomer that wants one block', () => {
  it('is served before ten others have what they wanted, who came first and want fifty each', async () => {
    const swarm = new Swarm()
    const holder = await swarm.add('holder', {
      uploadBytesPerSecond: 2_000_000,
      options: { engine: { uploadSlots: 2 } }
    })
    const all = blocks(500, 50_000)
    const one = first(blocks(1, 50_000, 9_000))
    await holder.has([...all, one])
    const heavy: SwarmPeer[] = []
    for (let i = 0; i < 10; i++) {
      const peer = await swarm.add(`heavy${i}`)
      await swarm.connect(peer, holder)
      heavy.push(peer)
    }
    for (const [i, { bitswap }] of heavy.entries()) {
      bitswap.createSession().prefetch(all.slice(50 * i, 50 * i + 50).map(({ cid }) => cid))
    }
    await swarm.clock.advance(1_000)
    const newcomer = await swarm.add('newcomer')
    await swarm.connect(newcomer, holder)
    const before = holder.bitswap.stat().blocksSent
    await swarm.fetch(newcomer, [one], { limitMs: 10_000 })
    // What is being written already goes first, and at most one message of 256 KiB for each of the others.
    expect(holder.bitswap.stat().blocksSent - before).toBeLessThan(12 * 6)
    expect(holder.bitswap.stat().blocksSent).toBeLessThan(300)
    await swarm.stop(holder, newcomer, ...heavy)
  })
})

describe('what a connection is worth', () => {
  it('grows with wanted blocks alone, and fades when nothing comes any more', async () => {
    const swarm = new Swarm()
    const [bob, alice] = [await swarm.add('bob'), await swarm.add('alice')]
    await swarm.connect(bob, alice)
    const chatty = await Puppet.join(swarm, 'chatty')
    await swarm.clock.until(chatty.port.connect({ peer: bob.id, addresses: [] }))
    const all = blocks(64, 256 * 1024)
    await alice.has(all)
    expect([alice.id, chatty.id].map((peer) => bob.bitswap.worth(peer))).toEqual([0, 0])
    await swarm.fetch(bob, all, { providers: [alice.id] })
    chatty.says(bob, { presences: all.map((block) => presenceOf(block, true)) })
    await swarm.clock.advance(1_000)
    const after = bob.bitswap.worth(alice.id)
    expect(after).toBeGreaterThan(40)
    expect(bob.bitswap.worth(chatty.id)).toBe(0)
    await swarm.clock.advance(4 * 7 * 24 * 3_600_000)
    expect(bob.bitswap.worth(alice.id)).toBeLessThan(after / 3)
  })
})
