import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'
import { VirtualProviders } from '../../src/simulation/virtual-providers.ts'
import { sampleCid } from '../../src/testing/sample-messages.ts'

const [ALICE, BOB, CAROL] = [toPeerId('alice'), toPeerId('bob'), toPeerId('carol')]
const CID = sampleCid('block')

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const result: Item[] = []
  for await (const item of items) result.push(item)
  return result
}

describe('VirtualProviders', () => {
  it('tells each provider but the asker, one latency apart', async () => {
    const clock = new VirtualClock()
    const routing = new VirtualProviders(clock, 100)
    for (const peer of [ALICE, BOB, CAROL, BOB]) routing.provide(peer, CID)
    const found = await clock.until(collect(routing.finderFor(ALICE).findProviders(CID)))
    expect(found.map((provider) => provider.peer)).toEqual([BOB, CAROL])
    expect([clock.now(), routing.searches]).toEqual([300, 1])
  })

  it('finds who came while it searched, and not who left', async () => {
    const clock = new VirtualClock()
    const routing = new VirtualProviders(clock, 100)
    routing.provide(BOB, CID)
    clock.setTimer(50, () => {
      routing.withdraw(BOB, CID)
      routing.provide(CAROL, CID)
    })
    const found = await clock.until(collect(routing.finderFor(ALICE).findProviders(CID)))
    expect(found).toEqual([{ peer: CAROL, addresses: [] }])
  })

  it('finds nobody for an unknown block', async () => {
    const clock = new VirtualClock()
    const finder = new VirtualProviders(clock).finderFor(ALICE)
    expect(await clock.until(collect(finder.findProviders(CID)))).toEqual([])
  })

  it('stops with the reason of the signal, at once', async () => {
    const clock = new VirtualClock()
    const finder = new VirtualProviders(clock, 100).finderFor(ALICE)
    const abort = new AbortController()
    const searching = collect(finder.findProviders(CID, { signal: abort.signal }))
    clock.setTimer(10, () => abort.abort(new Error('enough')))
    await expect(clock.until(searching)).rejects.toThrow('enough')
    expect([clock.now(), clock.pending]).toEqual([10, 0])
    const aborted = collect(finder.findProviders(CID, { signal: abort.signal }))
    await expect(aborted).rejects.toThrow('enough')
  })

  it('walks before it answers, as long as the asker is fated to', async () => {
    const walk = { kind: 'lognormal', meanMs: 620, sdMs: 640 } as const
    const times = async (others: boolean): Promise<number[]> => {
      const clock = new VirtualClock()
      const routing = new VirtualProviders(clock, { walk, random: new SeededRandom(1) })
      for (const peer of [BOB, CAROL]) routing.provide(peer, CID)
      const took: number[] = []
      for (let i = 0; i < 200; i++) {
        if (others) await clock.until(collect(routing.finderFor(BOB).findProviders(CID)))
        const start = clock.now()
        expect(await clock.until(collect(routing.finderFor(ALICE).findProviders(CID)))).toHaveLength(2)
        took.push(Math.round((clock.now() - start) * 1_000))
      }
      return took
    }
    const alone = await times(false)
    expect(await times(true)).toEqual(alone)
    const mean = alone.reduce((sum, each) => sum + each, 0) / alone.length / 1_000
    expect(mean).toBeGreaterThan(450)
    expect(mean).toBeLessThan(800)
  })
})
