import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { arena } from './support/arena.ts'
import { MIB, report, scaled } from './support/scale.ts'

const PEERS = 100
const WANTS_EACH = scaled(131_072, 1_000_000)

it.each([
  { name: 'of the longest lists', list: { count: 65_536 } },
  { name: 'that asks for answers', list: { count: 65_536, sendDontHave: true } },
  { name: 'of short lists', list: { count: 500, oneInMany: 28, sendDontHave: true } }
])('a want flood $name costs a bounded amount of memory', async ({ name, list }) => {
  const { victim, attackers, honest, to } = await arena()
  await attackers.call('connect', { to, count: PEERS })
  await attackers.call('warmUp')
  await victim.call('watchMemory', 200)
  honest.keepFetching()
  const started = performance.now()
  const sent = await attackers.call('wantFlood', { lists: Math.ceil(WANTS_EACH / list.count), ...list })
  const took = performance.now() - started
  await sleep(1_000)
  const wants = Math.max(...(await victim.call('wants')))
  const { p99Ms, blocks } = await honest.stopFetching()
  const most = await victim.call('mostMemory')
  await attackers.call('disconnect')
  await sleep(3_000)
  const after = await victim.call('memoryNow')
  report(`11 want flood ${name}`, {
    sent,
    took,
    wants,
    mostMiB: most / MIB,
    afterMiB: after / MIB,
    honest: blocks,
    p99Ms
  })
  expect(wants).toBeLessThanOrEqual(1_024)
  expect(most).toBeLessThanOrEqual(64 * MIB)
  expect(after).toBeLessThanOrEqual(5 * MIB)
  expect(blocks).toBeGreaterThan(0)
})
