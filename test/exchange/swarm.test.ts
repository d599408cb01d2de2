import { describe, expect, it } from 'vitest'
import { blocks, Swarm, type SwarmPeer } from '../support/swarm.ts'

const LEECHES = 8
const UPLOAD = 1_000_000
const BLOCK_BYTES = 64 * 1024
const COUNT = 80

/** One seed and some leeches that begin at once, all connected, with an uplink that is scarce. */
async function fetchTogether(): Promise<{ seed: SwarmPeer; leeches: readonly SwarmPeer[]; tookMs: number }> {
  const swarm = new Swarm()
  const all = blocks(COUNT, BLOCK_BYTES)
  const [root] = all
  if (root === undefined) throw new Error('no block')
  const seed = await swarm.add('seed', { uploadBytesPerSecond: UPLOAD })
  await seed.has(all)
  const leeches: SwarmPeer[] = []
  for (let number = 0; number < LEECHES; number++) {
    const leech = await swarm.add(`leech${number}`, { uploadBytesPerSecond: UPLOAD })
    for (const other of [seed, ...leeches]) await swarm.connect(leech, other)
    leeches.push(leech)
  }
  const began = swarm.clock.now()
  const fetch = async ({ bitswap }: SwarmPeer): Promise<void> => {
    const session = bitswap.createSession()
    await session.get(root.cid)
    let count = 1
    for await (const { bytes } of session.getMany(all.slice(1).map(({ cid }) => cid))) count += bytes.length > 0 ? 1 : 0
    expect(count).toBe(COUNT)
  }
  await swarm.clock.until(Promise.all(leeches.map(fetch)), 600_000)
  return { seed, leeches, tookMs: swarm.clock.now() - began }
}

describe('a swarm of one seed and eight leeches that begin at once', () => {
  it('takes little more than the uplinks must, and the leeches send most of it', async () => {
    const { seed, leeches, tookMs } = await fetchTogether()
    const bytes = COUNT * BLOCK_BYTES
    const fluidMs = 1_000 * Math.max(bytes / UPLOAD, (LEECHES * bytes) / ((LEECHES + 1) * UPLOAD))
    expect(tookMs).toBeLessThan(1.6 * fluidMs)
    expect(seed.bitswap.stat().dataSent).toBeLessThan((LEECHES * bytes) / 2)
    let duplicates = 0
    for (const { bitswap } of leeches) {
      const { dupDataReceived, unwantedDataReceived } = bitswap.stat()
      duplicates += dupDataReceived + unwantedDataReceived
    }
    expect(duplicates).toBeLessThanOrEqual(0.05 * LEECHES * bytes)
  })
})
