import { describe, expect, it } from 'vitest'
import { blocks, Swarm } from '../support/swarm.ts'

interface Holder {
  readonly bytesPerSecond: number
  /** When it connects, in milliseconds; before anything is asked for without it. */
  readonly connectsAt?: number
}

/** Fetches from holders of all blocks; the time is given in parts of what it takes when all give what they can, always. */
async function fetched(count: number, size: number, holders: readonly Holder[]) {
  const swarm = new Swarm({ maxLog: 0, link: { latencyMs: 20 } })
  const fetcher = await swarm.add('fetcher')
  const wanted = blocks(count, size)
  for (const [index, { bytesPerSecond, connectsAt }] of holders.entries()) {
    const holder = await swarm.add(`holder-${index}`)
    swarm.hub.shapeLink(fetcher.id, holder.id, { bytesPerSecond })
    await holder.has(wanted)
    if (connectsAt === undefined) await swarm.connect(fetcher, holder)
    else swarm.clock.setTimer(connectsAt, () => void holder.network.connect({ peer: fetcher.id, addresses: [] }))
  }
  const begun = swarm.clock.now()
  await swarm.fetch(fetcher, wanted)
  const together = holders.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0)
  const idealMs = (count * size * 1_000) / together
  return { parts: (swarm.clock.now() - begun) / idealMs, twice: fetcher.bitswap.stat().dupBlocksReceived }
}

const KIB = 1024
const equal = (count: number, bytesPerSecond: number): Holder[] =>
  Array.from({ length: count }, () => ({ bytesPerSecond }))

describe('what a slow holder was asked for does not hold up the end, and comes once', () => {
  it.each([
    [
      'one at a tenth of the pace of the other',
      40,
      1024 * KIB,
      [{ bytesPerSecond: 1e6 }, { bytesPerSecond: 1e5 }],
      1.2
    ],
    ['one at a thirtieth', 40, 256 * KIB, [{ bytesPerSecond: 1e6 }, { bytesPerSecond: 3e4 }], 1.2],
    ['one that needs a minute for a block', 30, 1024 * KIB, [{ bytesPerSecond: 1e7 }, { bytesPerSecond: 2e4 }], 1.3],
    ['ten that are as slow, and were asked for unequal shares', 40, 1024 * KIB, equal(10, 1e5), 1.2],
    ['three that need longer for a block than a peer may be silent', 30, 1024 * KIB, equal(3, 3e4), 1.2],
    // What may be on its way is left to the slow one: half a mebibyte, here.
    [
      'a fast one that connects later',
      200,
      64 * KIB,
      [{ bytesPerSecond: 2e5 }, { bytesPerSecond: 1e7, connectsAt: 500 }],
      4
    ]
  ])('%s', async (_, count, size, holders, limit) => {
    const { parts, twice } = await fetched(count, size, holders)
    expect({ isSoon: parts < limit, isOnce: twice <= count / 50 }).toEqual({ isSoon: true, isOnce: true })
  })
})
