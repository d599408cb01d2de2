import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { arena, timeUntil } from './support/arena.ts'
import { startChild } from './support/child.ts'
import type { Fetched } from './support/honest-peer.ts'
import { IS_FULL, MIB, report, scaled } from './support/scale.ts'
import type { StrangerCalls } from './support/stranger.ts'

const CROWD = { peers: scaled(40, 100), streams: scaled(16, 64), bytes: 3.9 * MIB }
/** So little that nobody needs the room: only time ends these. */
const FEW = { peers: 2, streams: 2, bytes: MIB }
/** Five times as impatient as by default. */
const QUICK = { frameStallMs: 2_000, headwayMs: 12_000 }
const STALL_MS = scaled(2_000, 10_000)
const TIMEOUT_MS = scaled(12_000, 60_000)
/** What the honest wait for on a machine that has other things to do, whoever else is connected. */
const NOISE_MS = 500
/** Time for timers, for this test to see it, and for a crowd to be read one after the other on a busy machine. */
const SLACK_MS = 30_000

it.each([
  { who: 'a crowd', how: CROWD, name: 'stand still', dripMs: 0, limitMs: STALL_MS },
  { who: 'a crowd', how: CROWD, name: 'drip', dripMs: scaled(500, 1_000), limitMs: TIMEOUT_MS },
  { who: 'a few', how: FEW, name: 'stand still', dripMs: 0, limitMs: STALL_MS },
  { who: 'a few', how: FEW, name: 'drip', dripMs: scaled(500, 1_000), limitMs: TIMEOUT_MS }
])('messages of $who that begin and then $name hold a bounded amount, for a bounded time', async (attack) => {
  const { who, how, name, dripMs, limitMs } = attack
  const { victim, attackers, honest, to } = await arena({ network: IS_FULL ? {} : QUICK })
  await attackers.call('connect', { to, count: how.peers })
  const stranger = await startChild<StrangerCalls>('stranger')
  await stranger.call('connect', to)
  // What the honest do is the same with the attack and without it.
  const honestWork = (): Promise<[Fetched, number]> =>
    Promise.all([honest.fetch(200), stranger.call('sendLargeMessage')])
  const [clean] = await honestWork()
  const before = await victim.call('openStreams')
  await victim.call('watchMemory', 100)
  const beginning = attackers.call('beginMessages', how)
  const duringIt = await stranger.call('sendLargeMessage')
  await beginning
  if (dripMs > 0) await attackers.call('drip', dripMs)
  const begun = performance.now()
  const left = (await victim.call('openStreams')) - before
  const stalled = await victim.call('memoryNow')
  const peak = await victim.call('mostMemory')
  // Without looks at the memory in between, as these take time.
  const [{ p99Ms, blocks }, afterIt] = await honestWork()
  const ended = await timeUntil(async () => (await victim.call('openStreams')) <= before, limitMs + 2 * SLACK_MS)
  const endedMs = ended === undefined ? Infinity : performance.now() - begun
  await attackers.call('stopDripping')
  await sleep(500)
  const after = await victim.call('memoryNow')
  report(`15 messages of ${who} that ${name}`, {
    streams: how.peers * how.streams,
    left,
    mostMiB: peak / MIB,
    stalledMiB: stalled / MIB,
    afterMiB: after / MIB,
    endedMs,
    cleanP99Ms: clean.p99Ms,
    p99Ms,
    blocks,
    triesOfLarge: `${duringIt} and ${afterIt}`
  })
  expect(peak).toBeLessThanOrEqual(256 * MIB)
  expect(endedMs).toBeLessThanOrEqual(limitMs + SLACK_MS)
  expect(p99Ms).toBeLessThanOrEqual(Math.max(2 * clean.p99Ms, NOISE_MS))
  // A large message of a stranger gets through, begun beside theirs or after them.
  expect(Math.max(duringIt, afterIt)).toBeLessThan(Infinity)
})
