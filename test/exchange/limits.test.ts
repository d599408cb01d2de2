import { describe, expect, it } from 'vitest'
import type { RateLimits } from '../../src/exchange.ts'
import { blocks, Swarm, type SwarmPeer } from '../support/swarm.ts'

const KIB = 1024
const FAST = { link: { latencyMs: 10, bytesPerSecond: 100 * 1024 * KIB } }

/** Bob fetches from one or more Alices with limits, for so many seconds; returns his inflow in bytes a second. */
async function inflow(
  limits: { readonly bob?: Partial<RateLimits>; readonly alice?: Partial<RateLimits> },
  { seconds = 20, blockBytes = 64 * KIB, alices = 1 }: { seconds?: number; blockBytes?: number; alices?: number } = {}
): Promise<{
  perSecond: number
  swarm: Swarm
  bob: SwarmPeer
  others: readonly SwarmPeer[]
  readonly stop: () => Promise<void>
}> {
  const swarm = new Swarm(FAST)
  const many = blocks(Math.ceil((64 * 1024 * KIB) / blockBytes), blockBytes)
  const bob = await swarm.add('bob', { options: { limits: limits.bob ?? {} } })
  const others: SwarmPeer[] = []
  for (let i = 0; i < alices; i++) {
    const alice = await swarm.add(`alice ${i}`, { options: { limits: limits.alice ?? {} } })
    await alice.has(many)
    await swarm.connect(bob, alice)
    others.push(alice)
  }
  const session = bob.bitswap.createSession()
  session.prefetch(many.map(({ cid }) => cid))
  // What is saved up at the start, and the first round trip, are no part of the flow.
  await swarm.clock.advance(1_000)
  const before = bob.bitswap.stat().dataReceived
  await swarm.clock.advance(seconds * 1_000)
  const perSecond = (bob.bitswap.stat().dataReceived - before) / seconds
  const stop = async (): Promise<void> => {
    session.close()
    await swarm.stop(bob, ...others)
  }
  return { perSecond, swarm, bob, others, stop }
}

describe('Limits of download', () => {
  it.each([
    ['blocks of 64 KiB', 256 * KIB, 64 * KIB],
    ['large blocks', 512 * KIB, 512 * KIB],
    ['blocks of a second each', 256 * KIB, 256 * KIB],
    ['small blocks', 128 * KIB, 4 * KIB],
    ['a fast limit', 1536 * KIB, 64 * KIB]
  ])('hold within a tenth: %s', async (_name, download, blockBytes) => {
    const { perSecond, bob, stop } = await inflow({ bob: { download } }, { blockBytes })
    expect(perSecond / download).toBeGreaterThan(0.9)
    expect(perSecond / download).toBeLessThan(1.1)
    expect(bob.bitswap.stat().dupBlocksReceived).toBe(0)
    await stop()
  })

  it('hold for four peers together, which all have their part in it', async () => {
    const download = 512 * KIB
    const { perSecond, bob, others, stop } = await inflow({ bob: { download } }, { alices: 4 })
    expect(perSecond / download).toBeGreaterThan(0.9)
    expect(perSecond / download).toBeLessThan(1.1)
    for (const { id } of others) expect(bob.bitswap.ledger(id)?.bytesReceived).toBeGreaterThan(0)
    await stop()
  })

  it('hold for each peer by itself', async () => {
    const downloadPerPeer = 128 * KIB
    const { perSecond, stop } = await inflow({ bob: { downloadPerPeer } }, { alices: 3 })
    expect(Math.abs(perSecond / (3 * downloadPerPeer) - 1)).toBeLessThan(0.1)
    await stop()
  })

  it('ask for no more than comes in within a few seconds, so that a cancel is no waste', async () => {
    const { bob, others, stop } = await inflow({ bob: { download: 256 * KIB } }, { seconds: 5 })
    const [alice] = others
    if (alice === undefined) throw new Error('no alice')
    expect(alice.bitswap.wantlistOf(bob.id).filter(({ type }) => type === 'block').length).toBeLessThanOrEqual(16)
    await stop()
  })

  it('can be changed while blocks come in', async () => {
    const { swarm, bob, stop } = await inflow({ bob: { download: 256 * KIB } }, { seconds: 2 })
    const measure = async (download: number): Promise<number> => {
      bob.bitswap.limits.set({ download })
      // What was asked for at the old pace comes in first, and has to be paid for.
      await swarm.clock.advance(10_000)
      const before = bob.bitswap.stat().dataReceived
      await swarm.clock.advance(6_000)
      return (bob.bitswap.stat().dataReceived - before) / 6
    }
    expect(Math.abs((await measure(1024 * KIB)) / (1024 * KIB) - 1)).toBeLessThan(0.1)
    expect(Math.abs((await measure(128 * KIB)) / (128 * KIB) - 1)).toBeLessThan(0.1)
    expect(bob.bitswap.limits.get()).toEqual({ upload: 0, download: 128 * KIB, uploadPerPeer: 0, downloadPerPeer: 0 })
    bob.bitswap.limits.set({ download: 0 })
    const last = bob.bitswap.stat().dataReceived
    await swarm.clock.advance(1_000)
    expect(bob.bitswap.stat().dataReceived - last).toBeGreaterThan(20 * 1024 * KIB)
    await stop()
  })

  it('do not hold up a stop, or a peer that leaves', async () => {
    const { swarm, bob, others, stop } = await inflow({ bob: { download: 1 } }, { seconds: 1 })
    const [alice] = others
    if (alice !== undefined) swarm.hub.cut(alice.id, bob.id)
    await swarm.clock.advance(10)
    expect(bob.bitswap.stat().partners).toEqual([])
    await stop()
  })
})

describe('Limits of one peer', () => {
  it.each(['upload', 'download'] as const)('hold for its %s alone, from when they are set', async (way) => {
    const each = way === 'upload' ? { alice: { uploadPerPeer: 1024 * KIB } } : { bob: { downloadPerPeer: 1024 * KIB } }
    const { swarm, bob, others, stop } = await inflow(each, { alices: 2, seconds: 1 })
    const [slow, other] = others
    if (slow === undefined || other === undefined) throw new Error('no alices')
    if (way === 'upload') slow.bitswap.limits.setPeer(bob.id, { upload: 128 * KIB })
    else bob.bitswap.limits.setPeer(slow.id, { download: 128 * KIB })
    const came = ({ id }: SwarmPeer): number => bob.bitswap.ledger(id)?.bytesReceived ?? 0
    // What was asked for at the old pace comes in first, and has to be paid for.
    await swarm.clock.advance(10_000)
    const before = [came(slow), came(other)] as const
    await swarm.clock.advance(10_000)
    expect(Math.abs((came(slow) - before[0]) / 10 / (128 * KIB) - 1)).toBeLessThan(0.15)
    expect(Math.abs((came(other) - before[1]) / 10 / (1024 * KIB) - 1)).toBeLessThan(0.1)
    await stop()
  })
})

describe('Limits of upload', () => {
  it('hold for what another peer receives', async () => {
    const upload = 256 * KIB
    const { perSecond, stop } = await inflow({ alice: { upload } })
    expect(Math.abs(perSecond / upload - 1)).toBeLessThan(0.1)
    await stop()
  })
})
