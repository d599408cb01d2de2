import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { arena } from './support/arena.ts'
import { MIB, report, scaled } from './support/scale.ts'

const PEERS = 100
const WANTS_EACH = scaled(131_072, 1_000_000)
/** Of short lists one in so many entries is wanted more than the rest. */
const ONE_IN_MANY = 28
/**
 * Short lists are all read, those of a hundred peers one after the other. After 28 × 1,024 entries a peer has no want left
 * but those of high priority, and what comes then finds no place: more of it is more of the same.
 */
const SHORT_WANTS_EACH = scaled(40_960, 1_000_000)

it.each([
  { name: 'of the longest lists', each: WANTS_EACH, list: { count: 65_536 } },
  { name: 'that asks for answers', each: WANTS_EACH, list: { count: 65_536, sendDontHave: true } },
  { name: 'of short lists', each: SHORT_WANTS_EACH, list: { count: 500, oneInMany: ONE_IN_MANY, sendDontHave: true } }
])('a want flood $name costs a bounded amount of memory', async ({ name, each, list }) => {
  const { victim, attackers, honest, to } = await arena()
  await attackers.call('connect', { to, count: PEERS })
  await attackers.call('warmUp')
  const flood = (wants: number): Promise<number> =>
    attackers.call('wantFlood', { lists: Math.ceil(wants / list.count), ...list })
  await victim.call('watchMemory', 200)
  honest.keepFetching()
  const started = performance.now()
  const sent = await flood(each)
  const took = performance.now() - started
  await sleep(1_000)
  const kept = Math.max(...(await victim.call('wants')))
  const { blocks } = await honest.stopFetching()
  const most = await victim.call('mostMemory')
  // Once more, without looks at the memory in between: these take most of the time that an honest peer waits.
  honest.keepFetching()
  await flood(each / 4)
  const { p99Ms } = await honest.stopFetching()
  await attackers.call('disconnect')
  await sleep(3_000)
  const after = await victim.call('memoryNow')
  report(`11 want flood ${name}`, {
    sent,
    took,
    wants: kept,
    mostMiB: most / MIB,
    afterMiB: after / MIB,
    honest: blocks,
    p99Ms
  })
  expect(kept).toBeLessThanOrEqual(1_024)
  expect(most).toBeLessThanOrEqual(64 * MIB)
  expect(after).toBeLessThanOrEqual(5 * MIB)
  expect(blocks).toBeGreaterThan(0)
})
