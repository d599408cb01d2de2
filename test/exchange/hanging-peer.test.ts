import { describe, expect, it } from 'vitest'
import { blocks, Swarm, type SwarmPeer } from '../support/swarm.ts'

/** What a want may take where one of two holders answers in 20 ms: the silence that shows that the other hangs, and as much again. */
const SOON_MS = 2_500

/** Two holders of the same blocks, asked by one session. */
async function twoHolders() {
  const swarm = new Swarm()
  const [fetcher, bad, good] = [await swarm.add('fetcher'), await swarm.add('bad'), await swarm.add('good')]
  const wanted = blocks(36, 5_000)
  for (const holder of [bad, good]) {
    await holder.has(wanted)
    await swarm.connect(fetcher, holder)
  }
  return { swarm, fetcher, bad, good, wanted }
}

/** Wants all in one session; says when each was there, in milliseconds from now. */
function arrivals(swarm: Swarm, fetcher: SwarmPeer, wanted: ReturnType<typeof blocks>): number[] {
  const [session, begun] = [fetcher.bitswap.createSession(), swarm.clock.now()]
  const at: number[] = []
  for (const { cid } of wanted) void session.get(cid).then(() => at.push(swarm.clock.now() - begun))
  return at
}

describe('invariant 1: every open want is in flight, scheduled or searched for, and not left to who hangs', () => {
  it('blocks that hang at one peer come from another that has them, though few may be asked for twice', async () => {
    const { swarm, fetcher, bad, good, wanted } = await twoHolders()
    swarm.hub.stall(bad.id, fetcher.id)
    const at = arrivals(swarm, fetcher, wanted)
    await swarm.clock.advance(20_000)
    expect([at.length, Math.max(...at) < SOON_MS]).toEqual([wanted.length, true])
    await swarm.stop(fetcher, bad, good)
  })

  it('a peer that gives something after a long silence, and is silent again, does not hold up the rest', async () => {
    const { swarm, fetcher, bad, good, wanted } = await twoHolders()
    const at = arrivals(swarm, fetcher, wanted)
    swarm.hub.stall(bad.id, fetcher.id)
    for (let i = 0; i < 6; i++) {
      await swarm.clock.advance(3_000)
      swarm.hub.resume(bad.id, fetcher.id)
      await swarm.clock.advance(10)
      swarm.hub.stall(bad.id, fetcher.id)
    }
    expect([at.length, Math.max(...at) < SOON_MS]).toEqual([wanted.length, true])
    await swarm.stop(fetcher, bad, good)
  })
})

describe('a block that is long on its way', () => {
  it.each([
    ['without second copies', 0],
    ['with a share of second copies that is spent', 0.02]
  ])('comes once, from the peer that gets on with it, %s', async (_, hedgeShare) => {
    const swarm = new Swarm({ link: { bytesPerSecond: 80_000 } })
    const fetcher = await swarm.add('fetcher', { options: { session: { hedgeShare } } })
    const holders = [await swarm.add('one'), await swarm.add('two')]
    const wanted = blocks(3, 1024 * 1024)
    for (const holder of holders) {
      await holder.has(wanted)
      await swarm.connect(fetcher, holder)
    }
    // 13 s for each of them; silence is a stall after seven.
    await swarm.fetch(fetcher, wanted, { limitMs: 60_000 })
    await swarm.clock.advance(60_000)
    const { blocksReceived, dupBlocksReceived } = fetcher.bitswap.stat()
    expect([blocksReceived - dupBlocksReceived, dupBlocksReceived <= (hedgeShare > 0 ? 1 : 0)]).toEqual([3, true])
    await swarm.stop(fetcher, ...holders)
  })
})
