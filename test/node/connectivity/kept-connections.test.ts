import { describe, expect, it } from 'vitest'
import { KeptConnections } from '../../../src/node/connectivity/kept-connections.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { FakeDialler } from './fake-dialler.ts'

function world(chance = 0) {
  const clock = new ManualClock()
  const dialler = new FakeDialler(() => clock.now())
  const kept = new KeptConnections({ dialler, clock, random: { next: () => chance }, logger: new RecordingLogger() })
  dialler.onConnect = (peer) => kept.connected(peer)
  const lose = (peer: string): void => {
    dialler.connected.delete(peer)
    kept.disconnected(peer)
  }
  return { clock, dialler, kept, lose }
}

const ALICE = { peer: 'alice', addresses: ['/ip4/192.0.2.1/tcp/1'] }

describe('a kept peer', () => {
  it('is protected at once, dialled at the start, and dialled again when it is lost', async () => {
    const { clock, dialler, kept, lose } = world()
    await kept.add(ALICE)
    expect([...dialler.protectedPeers]).toEqual(['alice'])
    expect(dialler.dials).toEqual([])
    dialler.reachable.add('alice')
    kept.start()
    await clock.pass(3_600_000)
    expect(dialler.dials).toEqual([{ ...ALICE, atMs: 0 }])
    lose('alice')
    await clock.pass(4_999)
    expect(dialler.dials).toHaveLength(1)
    await clock.pass(1)
    expect(dialler.dials).toHaveLength(2)
    expect(dialler.isConnected('alice')).toBe(true)
  })

  it('that cannot be reached is dialled from 5 seconds to 10 minutes apart', async () => {
    const { clock, dialler, kept } = world()
    kept.start()
    await kept.add(ALICE)
    await clock.pass(3_600_000)
    expect(dialler.pausesOf('alice')).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600])
  })

  it('is dialled somewhat earlier by chance, so that a crowd does not come at once', async () => {
    const { clock, dialler, kept } = world(0.99)
    kept.start()
    await kept.add(ALICE)
    await clock.pass(120_000)
    expect(dialler.pausesOf('alice')).toEqual([4, 8, 15, 30, 60])
  })

  it('that hangs up at once is dialled less and less, and one that stayed is forgiven', async () => {
    const { clock, dialler, kept, lose } = world()
    dialler.reachable.add('alice')
    kept.start()
    await kept.add(ALICE)
    for (let round = 0; round < 4; round++) {
      await clock.settle()
      lose('alice')
      await clock.pass(5_000 * 2 ** round)
    }
    expect(dialler.pausesOf('alice')).toEqual([5, 10, 20, 40])
    await clock.pass(3_600_000)
    lose('alice')
    await clock.pass(5_000)
    expect(dialler.pausesOf('alice').slice(4)).toEqual([3_605])
  })

  it('is not dialled while somebody else connected it', async () => {
    const { clock, dialler, kept } = world()
    kept.start()
    await kept.add(ALICE)
    await clock.settle()
    dialler.connected.add('alice')
    kept.connected('alice')
    await clock.pass(3_600_000)
    expect(dialler.dials).toHaveLength(1)
  })

  it('takes new addresses at once, in place of the old ones', async () => {
    const { clock, dialler, kept } = world()
    kept.start()
    await kept.add(ALICE)
    await clock.settle()
    await kept.add({ peer: 'alice', addresses: ['/dns4/alice/tcp/1'] })
    await clock.pass(60_000)
    expect(dialler.dials.slice(1).every(({ addresses }) => addresses[0] === '/dns4/alice/tcp/1')).toBe(true)
    expect(kept.list()).toEqual([{ peer: 'alice', addresses: ['/dns4/alice/tcp/1'] }])
    expect(clock.timers).toBe(1)
  })

  it('is let go when its owner says so, and none is dialled after the stop', async () => {
    const { clock, dialler, kept, lose } = world()
    dialler.reachable.add('alice')
    kept.start()
    await kept.add(ALICE)
    await kept.add({ peer: 'bob', addresses: [] })
    await clock.settle()
    expect(await kept.remove('alice')).toBe(true)
    expect(await kept.remove('alice')).toBe(false)
    lose('alice')
    kept.stop()
    lose('bob')
    await clock.pass(3_600_000)
    expect([...dialler.protectedPeers]).toEqual(['bob'])
    expect(dialler.dials.map(({ peer }) => peer)).toEqual(['alice', 'bob'])
    expect(clock.timers).toBe(0)
  })
})
