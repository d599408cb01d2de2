import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../src/engine/strategy.ts'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { RateLimit } from '../../src/policy/rate-limit.ts'
import { bert, EngineWorld, ernie, want } from '../support/engine-world.ts'
import { weighing } from '../support/weighing.ts'

const KIB = 1024
const KINDER = weighing(({ peer }) => (peer === ernie ? 3 : 1))

/** Partners that want everything there is, from an engine with limits. */
function limited(rates: { total?: number; perPeer?: number }, strategy?: Strategy, peers = [ernie, bert]) {
  const rate = new RateLimit()
  rate.set({ total: 0, perPeer: 0, ...rates }, 0)
  const world = new EngineWorld({}, strategy, { rate }).connect(...peers)
  for (let i = 0; i < 1_000; i++) world.store.put(`${i}`, 32 * KIB)
  for (const peer of peers) world.wants(peer, ...Array.from({ length: 1_000 }, (_, i) => want(`${i}`)))
  return { world, rate }
}

function bytesTo(world: EngineWorld, peer: PeerId): number {
  return world.take(peer).reduce((sum, { message }) => {
    return sum + message.blocks.reduce((all, { bytes }) => all + bytes.byteLength, 0)
  }, 0)
}

describe('Engine with limits of upload', () => {
  it('keeps to the limit of all together, within a tenth', async () => {
    const { world } = limited({ total: 256 * KIB })
    await world.clock.pass(30_000)
    const sent = bytesTo(world, ernie) + bytesTo(world, bert)
    expect(sent / 30 / (256 * KIB)).toBeGreaterThan(0.9)
    expect(sent / 30 / (256 * KIB)).toBeLessThan(1.1)
  })

  it('divides it by the strategy, though there are slots for all', async () => {
    const { world } = limited({ total: 256 * KIB }, KINDER)
    await world.clock.pass(30_000)
    expect(bytesTo(world, ernie) / bytesTo(world, bert)).toBeCloseTo(3, 0)
  })

  it('keeps each partner to its own limit, and nobody waits for another that used up its own', async () => {
    const { world } = limited({ perPeer: 128 * KIB })
    await world.clock.pass(10_000)
    const late = toPeerId('late')
    world.connect(late).wants(late, want('1'))
    await world.clock.settle()
    expect(bytesTo(world, late)).toBe(32 * KIB)
    for (const peer of [ernie, bert]) expect(Math.abs(bytesTo(world, peer) / 10 / (128 * KIB) - 1)).toBeLessThan(0.1)
  })

  it('obeys a change at once: slower, faster, and no limit at all', async () => {
    const { world, rate } = limited({ total: 256 * KIB }, undefined, [ernie])
    const change = (total: number): void => {
      rate.set({ total, perPeer: 0 }, world.clock.now())
      world.engine.rateChanged()
    }
    await world.clock.pass(2_000)
    bytesTo(world, ernie)
    change(64 * KIB)
    await world.clock.pass(8_000)
    expect(Math.abs(bytesTo(world, ernie) / (8 * 64 * KIB) - 1)).toBeLessThan(0.1)
    change(512 * KIB)
    await world.clock.pass(8_000)
    expect(Math.abs(bytesTo(world, ernie) / (8 * 512 * KIB) - 1)).toBeLessThan(0.1)
    change(0)
    await world.clock.settle()
    expect(world.wantlist()).toEqual([])
  })

  it('what could not be written was not used up', async () => {
    const { world } = limited({ total: 320 * KIB }, undefined, [ernie])
    world.autoWrite = false
    await world.clock.settle()
    const [first] = world.take()
    first?.fails()
    await world.clock.settle()
    expect(world.take()).toHaveLength(1)
  })

  it('leaves no timer behind', async () => {
    const { world } = limited({ total: 1, perPeer: 1 })
    await world.clock.settle()
    await world.engine.stop()
    expect(world.clock.timers).toBe(0)
  })
})
