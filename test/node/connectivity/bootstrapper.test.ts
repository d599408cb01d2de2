import { describe, expect, it } from 'vitest'
import { Bootstrapper } from '../../../src/node/connectivity/bootstrapper.ts'
import { expandBootstrap } from '../../../src/node/connectivity/well-known-peers.ts'
import { SeededRandom } from '../../../src/simulation/seeded-random.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { SEED } from '../../support/seed.ts'
import { FakeDialler } from './fake-dialler.ts'

function world(names: readonly string[], chance: () => number = () => 0) {
  const clock = new ManualClock()
  const dialler = new FakeDialler(() => clock.now())
  const list = names.map((name) => `/ip4/192.0.2.1/tcp/1/p2p/${name}`)
  const bootstrapper = new Bootstrapper({
    dialler,
    clock,
    random: { next: chance },
    logger: new RecordingLogger(),
    list: () => list,
    connectedPeers: () => dialler.connected.size
  })
  return { clock, dialler, list, bootstrapper }
}

describe('bootstrapping', () => {
  it('goes on with growing pauses until somebody answers', async () => {
    const { clock, dialler, bootstrapper } = world(['alice'])
    bootstrapper.start()
    await clock.pass(62_000)
    expect(dialler.pausesOf('alice')).toEqual([1, 2, 4, 8, 16])
    dialler.reachable.add('alice')
    await clock.pass(1_000)
    expect(dialler.isConnected('alice')).toBe(true)
    await clock.pass(3_600_000)
    expect(dialler.dials).toHaveLength(7)
  })

  it('never pauses longer than five minutes', async () => {
    const { clock, dialler, bootstrapper } = world(['alice'])
    bootstrapper.start()
    await clock.pass(3_600_000)
    expect(Math.max(...dialler.pausesOf('alice'))).toBe(300)
    bootstrapper.stop()
    expect(clock.timers).toBe(0)
  })

  it('dials four at a time of many, others each time, and stops at enough peers', async () => {
    const random = new SeededRandom(SEED)
    const names = Array.from({ length: 20 }, (_, index) => `peer-${index}`)
    const { clock, dialler, bootstrapper } = world(names, () => random.next())
    bootstrapper.start()
    await clock.settle()
    expect(new Set(dialler.dials.map(({ peer }) => peer)).size).toBe(4)
    await clock.pass(60_000)
    expect(new Set(dialler.dials.map(({ peer }) => peer)).size, `seed ${SEED}`).toBeGreaterThan(8)
    for (const name of names) dialler.reachable.add(name)
    await clock.pass(120_000)
    const dials = dialler.dials.length
    expect(dialler.connected.size).toBeGreaterThanOrEqual(4)
    await clock.pass(3_600_000)
    expect(dialler.dials).toHaveLength(dials)
  })

  it('begins anew when peers are lost, and at once when the list grows', async () => {
    const { clock, dialler, list, bootstrapper } = world([])
    bootstrapper.start()
    await clock.settle()
    list.push('/ip4/192.0.2.2/tcp/1/p2p/bob', '/dns4/bob/tcp/1/p2p/bob')
    dialler.reachable.add('bob')
    bootstrapper.nudge()
    await clock.settle()
    expect(dialler.dials).toEqual([{ peer: 'bob', addresses: list, atMs: 0 }])
    dialler.connected.delete('bob')
    await clock.pass(30_000)
    expect(dialler.isConnected('bob')).toBe(true)
  })

  it('learns of a longer list even while it dials', async () => {
    const { clock, dialler, list, bootstrapper } = world(['alice'])
    bootstrapper.start()
    // The first dial is under way.
    list.push('/ip4/192.0.2.2/tcp/1/p2p/bob')
    bootstrapper.nudge()
    await clock.pass(1)
    expect(dialler.dials.map(({ peer }) => peer)).toEqual(['alice', 'alice', 'bob'])
    bootstrapper.stop()
    bootstrapper.nudge()
    await clock.pass(3_600_000)
    expect(dialler.dials).toHaveLength(3)
  })

  it('knows well-known peers by the name "auto"', () => {
    expect(expandBootstrap(['/ip4/192.0.2.1/tcp/1/p2p/alice'])).toEqual(['/ip4/192.0.2.1/tcp/1/p2p/alice'])
    const known = expandBootstrap(['auto'])
    expect(known.length).toBeGreaterThanOrEqual(5)
    expect(known.every((address) => address.includes('/p2p/'))).toBe(true)
  })
})
