import { describe, expect, it } from 'vitest'
import { Inflow } from '../../src/peers/inflow.ts'
import { RateLimit } from '../../src/policy/rate-limit.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ALICE, BOB } from '../support/names.ts'

function world(total: number, perPeer = 0) {
  const clock = new ManualClock()
  const rate = new RateLimit()
  rate.set({ total, perPeer }, 0)
  let unread = 0
  const inflow = new Inflow({
    rate,
    clock,
    unread: () => {
      unread++
      return () => {
        unread--
      }
    }
  })
  const came = (peer: typeof ALICE, bytes: number): Promise<void> | undefined =>
    inflow.came(peer, [{ prefix: new Uint8Array(4), bytes: new Uint8Array(bytes) }])
  return { clock, rate, inflow, came, unread: () => unread }
}

describe('Inflow', () => {
  it('holds up nobody without a limit, or below it', () => {
    expect(world(0).came(ALICE, 1_000_000)).toBeUndefined()
    expect(world(100_000).came(ALICE, 9_999)).toBeUndefined()
  })

  it('does not read a peer until what it sent is paid for; those that come later wait for those before', async () => {
    const { clock, came, unread } = world(1_000)
    const order: string[] = []
    const alice = came(ALICE, 1_100)?.then(() => order.push(`alice at ${clock.now()}`))
    const bob = came(BOB, 1_000)?.then(() => order.push(`bob at ${clock.now()}`))
    expect(unread()).toBe(2)
    await clock.pass(5_000)
    await Promise.all([alice, bob])
    expect([order, unread(), clock.timers]).toEqual([['alice at 1001', 'bob at 2001'], 0, 0])
  })

  it('lets go of a peer that leaves, and of all when the limits change', async () => {
    const { came, inflow, unread, clock } = world(1)
    const [alice, bob] = [came(ALICE, 1_000), came(BOB, 1_000)]
    inflow.disconnected(ALICE)
    await alice
    expect(unread()).toBe(1)
    inflow.resume()
    await bob
    expect([unread(), clock.timers]).toEqual([0, 0])
  })

  it('asks for what comes in within a second, shared among those asked, and never for nothing', () => {
    const { inflow } = world(1_024_000, 512_000)
    expect([inflow.window(16_000, 1), inflow.window(16_000, 8), inflow.window(16_000, 1_000)]).toEqual([32, 8, 2])
    expect(inflow.window(0, 1)).toBe(2)
    expect(world(0).inflow.window(16_000, 1)).toBe(Infinity)
  })
})
