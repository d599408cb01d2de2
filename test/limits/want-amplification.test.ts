import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { arena, HONEST_PEERS, timeUntil } from './support/arena.ts'
import { IS_FULL, MIB, report, scaled } from './support/scale.ts'

const PEERS = 4
const BLOCK_BYTES = 2 * MIB
/** Ten times as impatient as by default. */
const QUICK = { headwayMs: 6_000 }
const LIMIT_MS = scaled(12_000, 120_000)

it.each([
  { reads: 'nothing at all', deaf: true },
  { reads: 'its connection and no stream', deaf: false }
])('whoever asks for 1,024 blocks of 2 MiB and reads $reads costs little, and is cut off', async ({ reads, deaf }) => {
  const { victim, attackers, honest, to } = await arena({ endless: BLOCK_BYTES, network: IS_FULL ? {} : QUICK })
  await attackers.call('connect', { to, count: PEERS, reads: false })
  await victim.call('watchMemory', 100)
  honest.keepFetching()
  const started = performance.now()
  await attackers.call('askAndNotRead', { deaf, count: 1_024 })
  await sleep(3_000)
  const early = await victim.call('memoryNow')
  const cut = await timeUntil(
    async () => (await victim.call('connectedPeers')).length === HONEST_PEERS,
    scaled(60_000, 130_000)
  )
  const cutMs = cut === undefined ? Infinity : performance.now() - started
  const most = await victim.call('mostMemory')
  const { blocks, p99Ms } = await honest.stopFetching()
  report('12', { reads, earlyMiB: early / MIB, mostMiBaPeer: most / PEERS / MIB, cutMs, blocks, p99Ms })
  expect(most / PEERS).toBeLessThanOrEqual(8 * MIB)
  expect(cutMs).toBeLessThanOrEqual(LIMIT_MS)
  expect(blocks).toBeGreaterThan(100)
})
