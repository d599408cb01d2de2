/**
 * Where other implementations of bitswap lose blocks, time or bytes, and this one must not: one whole exchange for each,
 * in virtual time. The comments say what goes wrong elsewhere.
 */
import { describe, expect, it } from 'vitest'
import { SendFailedError } from '../../src/errors.ts'
import type { Network } from '../../src/ports.ts'
import { blocks, Swarm, told, type SwarmPeer } from '../support/swarm.ts'
import { first, presenceOf, Puppet, wantOf } from './puppet.ts'

const LIMIT = { limitMs: 60_000 }

/** The next `count` messages of a peer cannot be handed to the network. */
function failSends(peer: SwarmPeer, count: number): void {
  const network: { send: Network['send'] } = peer.network
  const send = peer.network.send.bind(peer.network)
  let left = count
  network.send = (to, message, options) =>
    left-- > 0 ? Promise.reject(new SendFailedError('the stream broke')) : send(to, message, options)
}

/** Blocks that a peer was asked for with their bytes, over all others, as often as it was. */
function blocksAsked(swarm: Swarm, from: SwarmPeer): number {
  const asked = swarm.hub.log.filter((traffic) => traffic.from === from.id).flatMap(({ message }) => message.wants)
  return asked.filter(({ type }) => type === 'block').length
}

describe('finding peers', () => {
  // Elsewhere a session that has met one peer never searches again: with all of them gone, its next want waits for ever.
  it.each([
    ['before the next block was wanted', 0],
    ['while the next block was awaited', 5]
  ])('a session whose peers have all left, %s, finds the next one by itself', async (_when, wantedBeforeMs) => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const known = [await swarm.add('one'), await swarm.add('two')]
    const far = await swarm.add('far')
    const [one, two] = blocks(2, 3_000)
    if (one === undefined || two === undefined) throw new Error('no blocks')
    for (const peer of known) {
      await swarm.connect(fetcher, peer)
      await peer.has([one])
    }
    await far.has([two])
    swarm.routing.provide(far.id, two.cid)
    const session = fetcher.bitswap.createSession()
    await swarm.clock.until(session.get(one.cid))
    const early = wantedBeforeMs > 0 ? session.get(two.cid) : undefined
    await swarm.clock.advance(wantedBeforeMs)
    for (const { id } of known) swarm.hub.cut(fetcher.id, id)
    await swarm.clock.advance(wantedBeforeMs > 0 ? 0 : 300_000)
    expect(await swarm.clock.until(early ?? session.get(two.cid), 500)).toEqual(two.bytes)
  })

  // Elsewhere the timer of the first search is set when a session is made, and is gone when its first want comes late.
  it('the first want of a session is searched for within a second, however long the session had nothing to do', async () => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    await swarm.connect(fetcher, await swarm.add('empty'))
    const far = await swarm.add('far')
    const wanted = first(blocks(1, 3_000))
    await far.has([wanted])
    swarm.routing.provide(far.id, wanted.cid)
    const session = fetcher.bitswap.createSession()
    await swarm.clock.advance(3_600_000)
    expect(swarm.routing.searches).toBe(0)
    await swarm.clock.until(session.get(wanted.cid), 1_200)
  })
})

describe('choosing peers', () => {
  // Elsewhere a "have" outlives a later "dont-have", and the want stays with the peer that cannot serve it.
  it.each([
    ['denies it', 1_000],
    ['never sends it', 5_000]
  ])('a peer that says it has a block and then %s loses the want to another', async (what, limitMs) => {
    const swarm = new Swarm()
    // Without second copies, which would come to the rescue as well.
    const fetcher = await swarm.add('fetcher', { options: { session: { hedgeShare: 0 } } })
    const honest = await swarm.add('honest')
    const wanted = first(blocks(1, 5_000))
    await honest.has([wanted])
    const liar = await Puppet.join(swarm, 'liar', {
      on: ({ wants }, self) => {
        if (wants.length === 0) return
        self.says(fetcher, { presences: wants.map((want) => presenceOf(want, true)) })
        const denied = what === 'denies it' ? wants.filter(({ type }) => type === 'block') : []
        if (denied.length > 0) self.says(fetcher, { presences: denied.map((want) => presenceOf(want, false)) })
      }
    })
    await swarm.clock.until(liar.port.connect({ peer: fetcher.id, addresses: [] }))
    // The quick one is asked first.
    swarm.hub.shapeLink(fetcher.id, honest.id, { latencyMs: 150 })
    await swarm.connect(fetcher, honest)
    await swarm.fetch(fetcher, [wanted], { limitMs })
    expect(liar.timesAsked(wanted.cid)).toBe(1)
  })

  // Elsewhere the clock of every want of a batch runs from the moment it is sent: those at the end of a slow peer's queue
  // time out, are asked of others as well, and come twice.
  it('wants that wait in the queue of a slow peer are asked of nobody else, and come once', async () => {
    const swarm = new Swarm()
    // Second copies at the end of a transfer are asked for on purpose; not here.
    const fetcher = await swarm.add('fetcher', { options: { session: { hedgeShare: 0 } } })
    for (const name of ['one', 'two']) {
      const holder = await swarm.add(name, { uploadBytesPerSecond: 100_000 })
      await holder.has([...blocks(20, 200), ...blocks(100, 64 * 1024, 1_000)])
      await swarm.connect(fetcher, holder)
    }
    const session = fetcher.bitswap.createSession()
    // Quick answers first, by which a slow one would be judged.
    for (const { cid } of blocks(20, 200)) await swarm.clock.until(session.get(cid))
    const before = { asked: blocksAsked(swarm, fetcher), received: fetcher.bitswap.stat().blocksReceived }
    const start = swarm.clock.now()
    await swarm.fetch(fetcher, blocks(100, 64 * 1024, 1_000))
    // 6.5 MB at 200 kB/s: so long a queue that a want waits for many seconds.
    expect(swarm.clock.now() - start).toBeGreaterThan(30_000)
    expect(blocksAsked(swarm, fetcher) - before.asked).toBe(100)
    expect(fetcher.bitswap.stat().blocksReceived - before.received).toBe(100)
  })
})

describe('keeping the wantlists of partners', () => {
  const PLACES = 32
  const options = { engine: { maxWantsPerPartner: PLACES, maxSharedWants: 0 } }

  async function holderAndAsker(): Promise<{ swarm: Swarm; holder: SwarmPeer; asker: Puppet }> {
    const swarm = new Swarm()
    const holder = await swarm.add('holder', { options })
    const asker = await Puppet.join(swarm, 'asker')
    await swarm.clock.until(asker.port.connect({ peer: holder.id, addresses: [] }))
    return { swarm, holder, asker }
  }

  // Elsewhere what goes first is what matters most, and newcomers are compared with the best of those that are kept.
  it('a full wantlist lets go of what is not here before what is, and of low priorities before high ones', async () => {
    const { swarm, holder, asker } = await holderAndAsker()
    const missing = blocks(PLACES, 100)
    const here = blocks(PLACES + 8, 300_000, 1_000)
    await holder.has(here)
    asker.says(holder, { wants: missing.map((block, i) => wantOf(block, { priority: 10_000 - i })) })
    await swarm.clock.advance(100)
    // The asker takes a while to read: what is asked now has to wait, but for the three blocks that are on their way.
    swarm.hub.stall(holder.id, asker.id)
    const early = here.slice(0, PLACES)
    asker.says(holder, { wants: early.map((block, i) => wantOf(block, { priority: 1_000 - i })) })
    await swarm.clock.advance(100)
    const waiting = holder.bitswap
      .wantlistOf(asker.id)
      .filter(({ cid }) => early.some((block) => block.cid.equals(cid)))
    expect(waiting).toHaveLength(PLACES)
    const late = here.slice(PLACES)
    asker.says(holder, { wants: late.map((block, i) => wantOf(block, { priority: i < 6 ? 2_000 : 1 })) })
    await swarm.clock.advance(100)
    swarm.hub.resume(holder.id, asker.id)
    await swarm.clock.advance(10_000)
    // Three of the early ones took no place any more; of six late ones of high priority three displaced the last ones.
    expect(late.map(({ cid }) => asker.answers(cid).length)).toEqual([0, 0, 0, 0, 0, 0, 1, 1])
    expect(early.map(({ cid }) => asker.answers(cid).length)).toEqual([...Array<number>(29).fill(0), 1, 1, 1])
    expect(asker.blocks).toHaveLength(29 + 6)
  })

  // Elsewhere the wants of the list that is replaced are still counted, shown and served.
  it('a full wantlist of a peer replaces the one before: nothing of that is kept, counted or served', async () => {
    const { swarm, holder, asker } = await holderAndAsker()
    const [old, fresh] = [blocks(PLACES, 2_000), blocks(PLACES, 2_000, 1_000)]
    asker.says(holder, { wants: old.map((block) => wantOf(block)) })
    await swarm.clock.advance(100)
    asker.says(holder, { full: true, wants: fresh.map((block) => wantOf(block)) })
    await swarm.clock.advance(100)
    const shown = holder.bitswap.wantlistOf(asker.id).map(({ cid }) => cid.toString())
    expect(shown.toSorted()).toEqual(fresh.map(({ cid }) => cid.toString()).toSorted())
    await holder.has([...old, ...fresh])
    await swarm.clock.advance(1_000)
    const sent = asker.blocks.map(({ bytes }) => Buffer.from(bytes).toString('base64'))
    expect(sent.toSorted()).toEqual(fresh.map(({ bytes }) => Buffer.from(bytes).toString('base64')).toSorted())
  })

  // Elsewhere a block of no bytes is taken for one that is not here.
  it.each(['block', 'have'] as const)('the empty block is served to a want-%s', async (type) => {
    const { swarm, holder, asker } = await holderAndAsker()
    const empty = first(blocks(1, 0))
    await holder.has([empty])
    asker.says(holder, { wants: [wantOf(empty, { type })] })
    await swarm.clock.advance(100)
    expect(asker.blocks.map(({ bytes }) => bytes.byteLength)).toEqual([0])
    expect(asker.answers(empty.cid)).toEqual([])
  })
})

describe('serving partners', () => {
  // Elsewhere a partner that takes nothing comes first after ten seconds, can be sent nothing, and everybody else waits.
  it.each([
    [500, 16],
    [15_000, 16],
    [15_000, 4]
  ])('a partner that has not read for %i ms holds up nobody, where there are %i slots', async (deafMs, uploadSlots) => {
    const tookMs = async (withDeaf: boolean): Promise<number> => {
      const swarm = new Swarm()
      const holder = await swarm.add('holder', { options: { engine: { uploadSlots } } })
      const all = blocks(200, 50_000)
      await holder.has(all)
      const deaf = await Puppet.join(swarm, 'deaf')
      await swarm.clock.until(deaf.port.connect({ peer: holder.id, addresses: [] }))
      if (withDeaf) {
        swarm.hub.stall(holder.id, deaf.id)
        deaf.says(holder, { wants: all.map((block) => wantOf(block)) })
      }
      await swarm.clock.advance(deafMs)
      const quick = await swarm.add('quick')
      await swarm.connect(quick, holder)
      const start = swarm.clock.now()
      await swarm.fetch(quick, all, LIMIT)
      return swarm.clock.now() - start
    }
    expect(await tookMs(true)).toBeLessThan((await tookMs(false)) + 50)
  })

  // Elsewhere an answer is booked as given before it is sent; when that fails, it takes the other side half a minute to ask again.
  it('answers that could not be sent are sent a moment later: nobody has to ask again', async () => {
    const swarm = new Swarm()
    const [holder, fetcher] = [await swarm.add('holder'), await swarm.add('fetcher')]
    await swarm.connect(holder, fetcher)
    const all = blocks(30, 50_000)
    await holder.has(all)
    failSends(holder, 2)
    const start = swarm.clock.now()
    await swarm.fetch(fetcher, all, LIMIT)
    expect(swarm.clock.now() - start).toBeLessThan(2_000)
    expect(blocksAsked(swarm, fetcher)).toBe(30)
    expect(holder.bitswap.ledger(fetcher.id)?.bytesSent).toBe(1_500_000)
    expect(fetcher.bitswap.ledger(holder.id)?.bytesReceived).toBe(1_500_000)
  })

  it('wants that could not be sent are sent a moment later', async () => {
    const swarm = new Swarm()
    const [holder, fetcher] = [await swarm.add('holder'), await swarm.add('fetcher')]
    await swarm.connect(holder, fetcher)
    const all = blocks(30, 50_000)
    await holder.has(all)
    failSends(fetcher, 2)
    const start = swarm.clock.now()
    await swarm.fetch(fetcher, all, LIMIT)
    expect(swarm.clock.now() - start).toBeLessThan(1_000)
  })
})

describe('taking wants back', () => {
  // Elsewhere wants and cancels leave by two ways, of which the cancel may be the quicker: the want stays behind for ever.
  it.each([0, 1, 5, 10, 20, 40])('a request given up after %i ms leaves no want with anybody', async (ms) => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const others = [await swarm.add('one'), await swarm.add('two'), await swarm.add('three')]
    for (const other of others) await swarm.connect(fetcher, other)
    const wanted = blocks(50, 3_000)
    await others[0]?.has(wanted.slice(0, 25))
    const session = fetcher.bitswap.createSession()
    for (let round = 0; round < 3; round++) {
      const abort = new AbortController()
      const requests = wanted.map(({ cid }) => session.get(cid, { signal: abort.signal }).catch(() => undefined))
      await swarm.clock.advance(ms)
      abort.abort()
      if (round === 1) await swarm.clock.advance(ms)
      await swarm.clock.until(Promise.all(requests))
    }
    await swarm.clock.advance(1_000)
    expect(fetcher.bitswap.wantlist()).toEqual([])
    expect(others.map(({ bitswap }) => bitswap.wantlistOf(fetcher.id))).toEqual([[], [], []])
  })

  // Elsewhere a block that its owner stores itself goes on being asked for.
  it('a block that is stored here in the meantime is wanted of nobody any more', async () => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const others = [await swarm.add('one'), await swarm.add('two')]
    for (const other of others) await swarm.connect(fetcher, other)
    const wanted = first(blocks(1, 3_000))
    const request = fetcher.bitswap.get(wanted.cid)
    await swarm.clock.advance(2_500)
    await fetcher.bitswap.put(wanted.cid, wanted.bytes)
    expect(await swarm.clock.until(request, 0)).toEqual(wanted.bytes)
    await swarm.clock.advance(120_000)
    for (const other of others) {
      expect(other.bitswap.wantlistOf(fetcher.id)).toEqual([])
      expect(told(swarm, fetcher, other, wanted.cid).at(-1)).toBe('cancel')
    }
  })
})
