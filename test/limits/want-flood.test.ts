import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { arena } from './support/arena.ts'
import { MIB, report, scaled } from './support/scale.ts'

const PEERS = 100
const WANTS_EACH = scaled(65_536, 1_000_000)
const WANTS_A_LIST = 65_536

it.each([
  { name: 'plain', list: {} },
  { name: 'asking for answers', list: { sendDontHave: true } },
  { name: 'one in 28 wants of high priority', list: { oneInMany: 28 } }
])('a want flood, $name, costs a bounded amount of memory', async ({ name, list }) => {
  const { victim, attackers, honest, to } = await arena()
  await attackers.call('connect', { to, count: PEERS })
  await victim.call('watchMemory', 200)
  honest.keepFetching()
  const started = performance.now()
  const lists = Math.ceil(WANTS_EACH / WANTS_A_LIST)
  const sent = await attackers.call('wantFlood', { lists, count: Math.min(WANTS_EACH, WANTS_A_LIST), ...list })
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
