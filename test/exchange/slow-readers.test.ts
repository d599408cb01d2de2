import { expect, it } from 'vitest'
import { blocks, Swarm } from '../support/swarm.ts'

const KIB = 1024

it('four partners that read slowly do not keep the uplink from a fifth', async () => {
  const swarm = new Swarm({ link: { latencyMs: 10 } })
  const server = await swarm.add('server')
  const [large, small] = [blocks(40, 256 * KIB), blocks(10, KIB, 1_000)]
  await server.has([...large, ...small])
  for (let i = 0; i < 4; i++) {
    const slow = await swarm.add(`slow ${i}`)
    swarm.hub.shapeLink(slow.id, server.id, { bytesPerSecond: 20_000 })
    await swarm.connect(slow, server)
    for (const { cid } of large) void slow.bitswap.get(cid).catch(() => undefined)
  }
  const quick = await swarm.add('quick')
  await swarm.connect(quick, server)
  await swarm.clock.advance(60_000)
  const tookMs: number[] = []
  for (const { cid } of small) {
    const before = swarm.clock.now()
    await swarm.clock.until(quick.bitswap.get(cid), 60_000)
    tookMs.push(swarm.clock.now() - before)
    await swarm.clock.advance(500)
  }
  expect(Math.max(...tookMs)).toBeLessThan(500)
})
