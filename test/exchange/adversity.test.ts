import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { createMessage, type Message } from '../../src/message/message.ts'
import type { Blockstore, Network } from '../../src/ports.ts'
import { blocks, Swarm, type SwarmPeer } from '../support/swarm.ts'

/** A peer that only does what `received` says. */
async function puppet(
  swarm: Swarm,
  name: string,
  received: (port: Network, message: Message) => void
): Promise<Network> {
  const port = swarm.hub.join(toPeerId(name))
  await port.start({
    connected: () => undefined,
    disconnected: () => undefined,
    streamLost: () => undefined,
    faulted: () => undefined,
    struck: () => undefined,
    admits: () => true,
    worth: () => 0,
    received: (_peer, message) => received(port, message)
  })
  return port
}

async function pair(swarm: Swarm): Promise<[SwarmPeer, SwarmPeer]> {
  const fetcher = await swarm.add('fetcher')
  const holder = await swarm.add('holder')
  await swarm.connect(fetcher, holder)
  return [fetcher, holder]
}

describe('a peer that keeps talking and never delivers', () => {
  it.each(['have', 'dont-have'])('cannot hold up a download with a word of "%s" now and then', async (word) => {
    const swarm = new Swarm()
    const [fetcher, holder] = await pair(swarm)
    const wanted = blocks(60, 5_000)
    await holder.has(wanted)
    const asked: Message['wants'][number][] = []
    const evil = await puppet(swarm, 'evil', (_port, message) => asked.push(...message.wants))
    await swarm.clock.until(evil.connect({ peer: fetcher.id, addresses: [] }))
    swarm.hub.shapeLink(fetcher.id, holder.id, { latencyMs: 80 })
    const drip = (): void => {
      const one = word === 'have' ? asked[0] : asked.shift()
      const presences = one === undefined ? [] : [{ cid: one.cid, key: one.key, have: word === 'have' }]
      if (presences.length > 0) void evil.send(fetcher.id, createMessage({ presences })).catch(() => undefined)
      swarm.clock.setTimer(500, drip)
    }
    drip()
    await swarm.fetch(fetcher, wanted, { limitMs: 20_000 })
    expect(asked.length).toBeGreaterThan(0)
  })
})

describe('a user who changes his mind', () => {
  it('does not bring an honest peer into discredit by blocks that come late', async () => {
    const swarm = new Swarm({ link: { latencyMs: 200 } })
    const [fetcher, holder] = await pair(swarm)
    const all = blocks(9_000, 200)
    await holder.has(all)
    for (const first of [0, 4_096]) {
      const abort = new AbortController()
      const cids = all.slice(first, first + 4_096).map(({ cid }) => cid)
      const request = (async () => {
        let taken = 0
        for await (const { bytes } of fetcher.bitswap.getMany(cids, { signal: abort.signal })) taken += bytes.length
        return taken
      })()
      request.catch(() => undefined)
      await swarm.clock.advance(450)
      abort.abort()
      await expect(swarm.clock.until(request)).rejects.toThrow()
    }
    await swarm.fetch(fetcher, all.slice(8_192), { limitMs: 20_000 })
    expect(fetcher.bitswap.stat().unwantedBlocksReceived).toBe(0)
  })

  it('finds the next block at once, however long the last was searched for in vain', async () => {
    const swarm = new Swarm()
    const [fetcher] = await pair(swarm)
    const far = await swarm.add('far')
    const [missing, found] = blocks(2, 3_000)
    if (missing === undefined || found === undefined) throw new Error('no block')
    await far.has([found])
    swarm.routing.provide(far.id, found.cid)
    const session = fetcher.bitswap.createSession()
    const waiting = session.get(missing.cid)
    waiting.catch(() => undefined)
    await swarm.clock.advance(70_000)
    await swarm.clock.until(session.get(found.cid), 2_000)
    session.close()
  })
})

describe('blocks come once', () => {
  it('though our own disk is slow', async () => {
    const swarm = new Swarm()
    const wrapStore = slowPuts(swarm, 3_000)
    const fetcher = await swarm.add('fetcher', { wrapStore })
    const wanted = blocks(300, 20_000)
    const holders = [await swarm.add('one'), await swarm.add('two')]
    for (const holder of holders) {
      await holder.has(wanted)
      await swarm.connect(fetcher, holder)
    }
    await swarm.fetch(fetcher, wanted)
    expect(fetcher.bitswap.stat().blocksReceived).toBeLessThanOrEqual(306)
  })

  it('from old peers, too, that cannot say what they have', async () => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const wanted = blocks(100, 5_000)
    for (let i = 0; i < 5; i++) {
      const old = await swarm.add(`old${i}`, { features: { presences: false } })
      await old.has(wanted)
      await swarm.connect(fetcher, old)
    }
    await swarm.fetch(fetcher, wanted)
    expect(fetcher.bitswap.stat().blocksReceived).toBeLessThanOrEqual(105)
  })
})

function slowPuts(swarm: Swarm, ms: number): (store: Blockstore) => Blockstore {
  return (store) => ({
    get: (cid, options) => store.get(cid, options),
    size: (cid, options) => store.size(cid, options),
    put: async (cid, bytes) => {
      await swarm.clock.sleep(ms)
      await store.put(cid, bytes)
    }
  })
}
