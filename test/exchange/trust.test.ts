import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { createMessage, type Message } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import type { Network, TrustRecord, TrustStore } from '../../src/ports.ts'
import type { SampleBlock } from '../../src/testing/sample-blocks.ts'
import { blocks, Swarm } from '../support/swarm.ts'

const LIMIT = { limitMs: 60_000 }

class MemoryTrust implements TrustStore {
  readonly records = new Map<PeerId, TrustRecord>()

  async *all(): AsyncGenerator<TrustRecord> {
    await Promise.resolve()
    yield* this.records.values()
  }

  save(records: readonly TrustRecord[]): Promise<void> {
    for (const record of records) this.records.set(record.peer, record)
    return Promise.resolve()
  }

  remove(peers: readonly PeerId[]): Promise<void> {
    for (const peer of peers) this.records.delete(peer)
    return Promise.resolve()
  }
}

/** A peer that answers every want as `answer` says. */
async function puppet(swarm: Swarm, name: string, answer: (message: Message) => Message | undefined): Promise<Network> {
  const network = swarm.hub.join(toPeerId(name))
  await swarm.clock.until(
    network.start({
      connected: () => undefined,
      disconnected: () => undefined,
      streamLost: () => undefined,
      faulted: () => undefined,
      struck: () => undefined,
      admits: () => true,
      worth: () => 0,
      received: (peer, message) => {
        const said = answer(message)
        if (said !== undefined) network.send(peer, said).catch(() => undefined)
      }
    })
  )
  return network
}

/** Says "have" to everything, and sends nothing. */
function braggart({ wants }: Message): Message | undefined {
  return wants.length === 0
    ? undefined
    : createMessage({ presences: wants.map(({ cid, key }) => ({ cid, key, have: true })) })
}

/** Answers every want for a block with other bytes. */
function forger({ wants }: Message): Message | undefined {
  const asked = wants.filter(({ type }) => type === 'block')
  const forged = asked.map(({ cid }, i) => ({ prefix: cidPrefix(cid), bytes: Uint8Array.of(6, 6, 6, i) }))
  return forged.length === 0 ? undefined : createMessage({ blocks: forged.slice(0, 1) })
}

describe('Exchange and trust', () => {
  it('who says "have" and does not send is demoted, and the blocks come from elsewhere', async () => {
    const swarm = new Swarm()
    const some = blocks(40, 2_048)
    const bob = await swarm.add('bob')
    const alice = await swarm.add('alice')
    await alice.has(some)
    const liar = await puppet(swarm, 'liar', braggart)
    await swarm.clock.until(liar.connect({ peer: bob.id, addresses: [] }))
    await swarm.connect(bob, alice)
    const [first, ...rest] = some as [SampleBlock, ...SampleBlock[]]
    // Told by both that they have it: whom it asks first is the liar, which was here first and is as near.
    const session = bob.bitswap.createSession({ providers: ['liar', 'alice'] })
    await swarm.clock.until(session.get(first.cid), 30_000)
    for (const { cid } of rest) await swarm.clock.until(session.get(cid), 30_000)
    session.close()
    const [bad, good] = [bob.bitswap.trust.of('liar'), bob.bitswap.trust.of('alice')]
    expect(good).toMatchObject({ brokenPromises: 0, banned: undefined })
    expect(good?.delivered).toBeCloseTo(40, 1)
    expect(good?.score).toBeGreaterThan(0.9)
    expect(bad?.brokenPromises).toBeGreaterThan(0)
    expect(bad?.score).toBeLessThan(0.5)
  })

  it('a forger is banned after three forgeries, cut off, and cannot come back until the ban is over', async () => {
    const swarm = new Swarm()
    const some = blocks(20, 2_048)
    const bob = await swarm.add('bob')
    const alice = await swarm.add('alice')
    await alice.has(some)
    const mallory = await puppet(swarm, 'mallory', forger)
    const reconnect = (): Promise<PeerId> => swarm.clock.until(mallory.connect({ peer: bob.id, addresses: [] }), 10_000)
    await reconnect()
    await swarm.connect(bob, alice)
    for (const { cid } of some) {
      const session = bob.bitswap.createSession({ providers: ['mallory'] })
      await swarm.clock.until(session.get(cid), 60_000)
      session.close()
    }
    const view = bob.bitswap.trust.of('mallory')
    expect(view?.mismatches).toBeCloseTo(3, 1)
    expect(view?.banned?.reason).toContain('not what they should be')
    expect(swarm.hub.isConnected(bob.id, toPeerId('mallory'))).toBe(false)
    await expect(reconnect()).rejects.toThrow('refuses')
    await swarm.clock.advance(15 * 60_000)
    await reconnect()
    expect(bob.bitswap.stat().partners).toContain('mallory')
    expect(bob.bitswap.ledger('mallory')).toBeUndefined()
  })

  it('survives a restart: scores, pace and bans', async () => {
    const swarm = new Swarm()
    const some = blocks(10, 2_048)
    const trustStore = new MemoryTrust()
    const bob = await swarm.add('bob', { trustStore })
    const alice = await swarm.add('alice')
    await alice.has(some)
    await swarm.connect(bob, alice)
    await swarm.fetch(bob, some, LIMIT)
    bob.bitswap.trust.ban('eve', { reason: 'by name' })
    await swarm.stop(bob)
    const again = await swarm.add('bob, later', { trustStore })
    expect(again.bitswap.trust.of('alice')).toMatchObject({ latencyMs: expect.closeTo(20, 0) as number })
    expect(again.bitswap.trust.of('alice')?.delivered).toBeCloseTo(10, 1)
    expect(again.bitswap.trust.of('eve')?.banned?.reason).toBe('by name')
    const eve = await swarm.add('eve')
    await expect(swarm.connect(eve, again)).rejects.toThrow('refuses')
    expect(again.bitswap.trust.unban('eve')).toBe(true)
    await swarm.connect(eve, again)
  })

  it('an honest peer whose blocks come late, again and again, is not banned', async () => {
    const swarm = new Swarm()
    const bob = await swarm.add('bob')
    const [near, far] = [await swarm.add('near'), await swarm.add('far')]
    swarm.hub.shapeLink(bob.id, far.id, { latencyMs: 200 })
    for (const peer of [near, far]) await swarm.connect(bob, peer)
    for (let i = 0; i < 100; i++) {
      const [block] = blocks(1, 2_048, i)
      if (block === undefined) continue
      for (const peer of [near, far]) await peer.has([block])
      await swarm.fetch(bob, [block], LIMIT)
    }
    await swarm.clock.advance(5_000)
    for (const name of ['near', 'far']) expect(bob.bitswap.trust.of(name)?.mismatches ?? 0).toBe(0)
  })
})
