import { describe, expect, it } from 'vitest'
import { cidKey } from '../../src/ids.ts'
import { blocks, Swarm, type SwarmPeer } from '../support/swarm.ts'
import { first, Puppet, presenceOf, wireBlock } from './puppet.ts'

async function fetcherWith(count: number, uploadBytesPerSecond = 20_000_000) {
  const swarm = new Swarm()
  const fetcher = await swarm.add('fetcher', { options: { session: { hedgeShare: 0 } } })
  const holders: SwarmPeer[] = []
  for (let i = 0; i < count; i++) {
    const holder = await swarm.add(`holder${i}`, { uploadBytesPerSecond })
    await swarm.connect(fetcher, holder)
    holders.push(holder)
  }
  return { swarm, fetcher, holders }
}

describe('what peers are told of our wants, while nothing breaks', () => {
  it('is said once: at most a question and then the want itself, a cancel only after it, and never weaker', async () => {
    const { swarm, fetcher, holders } = await fetcherWith(3)
    const all = blocks(2_000, 3_000)
    for (const [i, holder] of holders.entries()) await holder.has(all.filter((_, n) => n % 3 === i || n % 5 === 0))
    await swarm.fetch(fetcher, all)
    const said = new Map<string, string>()
    const note = (to: string, key: string, word: string): void => {
      said.set(`${to} ${key}`, [said.get(`${to} ${key}`), word].filter((part) => part !== undefined).join(' '))
    }
    for (const { from, to, message } of swarm.hub.log) {
      if (from !== fetcher.id) continue
      for (const { key } of message.cancels) note(to, key, 'cancel')
      for (const { key, type } of message.wants) note(to, key, type)
    }
    const allowed = /^(have|block|have block)( cancel)?$/
    // A peer that said no is asked once more when all have, for the day the block is there.
    const twice = /^(have|have block|block)( cancel)? have( cancel)?$/
    const odd = [...said.values()].filter((words) => !allowed.test(words) && !twice.test(words))
    expect(odd).toEqual([])
    expect([...said.values()].filter((words) => !allowed.test(words)).length).toBeLessThan(said.size / 100)
  })

  it('goes into few messages: what is wanted in one turn is told in one', async () => {
    const { swarm, fetcher, holders } = await fetcherWith(1)
    const all = blocks(30, 3_000)
    await first(holders).has(all)
    await swarm.fetch(fetcher, all)
    expect(swarm.hub.log.filter(({ from }) => from === fetcher.id)).toHaveLength(1)
  })

  it('is served in the order in which it was wanted', async () => {
    const { swarm, fetcher, holders } = await fetcherWith(1, 1_000_000)
    const all = blocks(300, 20_000)
    await first(holders).has(all)
    await swarm.fetch(fetcher, all)
    const sent = swarm.hub.log.flatMap(({ message }) => message.blocks.map(({ bytes }) => Buffer.from(bytes)))
    expect(sent.map((bytes) => all.findIndex((block) => bytes.equals(block.bytes)))).toEqual(all.map((_, i) => i))
  })
})

describe('what peers hold of our wants', () => {
  it('is the block for a peer of the old protocol, which cannot say what it has, and for one of them alone', async () => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const old = []
    for (const name of ['one', 'two', 'three']) {
      const puppet = await Puppet.join(swarm, name, { features: { presences: false } })
      await swarm.clock.until(puppet.port.connect({ peer: fetcher.id, addresses: [] }))
      old.push(puppet)
    }
    const wanted = first(blocks(1, 3_000))
    const request = fetcher.bitswap.get(wanted.cid)
    await swarm.clock.advance(100)
    const types = old.flatMap(({ wantlist }) => [...wantlist.values()].map(({ type }) => type))
    expect(types).toEqual(['block'])
    first(old.filter(({ wantlist }) => wantlist.size > 0)).says(fetcher, { blocks: [wireBlock(wanted)] })
    await swarm.clock.until(request, 1_000)
  })

  it('is told anew and in full to a peer that comes back, without what was given up or came meanwhile', async () => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const peer = await Puppet.join(swarm, 'peer')
    const connect = (): Promise<unknown> => swarm.clock.until(peer.port.connect({ peer: fetcher.id, addresses: [] }))
    await connect()
    const [given, came, open] = blocks(3)
    if (given === undefined || came === undefined || open === undefined) throw new Error('three blocks')
    const abort = new AbortController()
    const session = fetcher.bitswap.createSession()
    const requests = [session.get(given.cid, { signal: abort.signal }), session.get(came.cid), session.get(open.cid)]
    for (const request of requests) request.catch(() => undefined)
    await swarm.clock.advance(100)
    expect(peer.wantlist.size).toBe(3)
    swarm.hub.cut(fetcher.id, peer.id)
    await swarm.clock.advance(100)
    abort.abort()
    await fetcher.bitswap.put(came.cid, came.bytes)
    peer.heard.length = 0
    await connect()
    await swarm.clock.advance(500)
    expect(peer.heard[0]?.full).toBe(true)
    expect([...peer.wantlist.keys()]).toEqual([cidKey(open.cid)])
    session.close()
  })

  it('does not count what a peer said before it left: it may have lost the block, or got it', async () => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const peer = await Puppet.join(swarm, 'peer')
    const wanted = first(blocks(1))
    const request = fetcher.bitswap.get(wanted.cid)
    request.catch(() => undefined)
    for (const have of [false, true, false]) {
      await swarm.clock.until(peer.port.connect({ peer: fetcher.id, addresses: [] }))
      await swarm.clock.advance(500)
      expect(peer.wantlist.get(cidKey(wanted.cid))?.type).toBe('block')
      peer.says(fetcher, { presences: [presenceOf(wanted, have)] })
      await swarm.clock.advance(50)
      swarm.hub.cut(fetcher.id, peer.id)
      await swarm.clock.advance(50)
    }
    await fetcher.has([wanted])
    await request
  })
})
