import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { HEAVY_MESSAGES, type HeavyMessage } from './attacks/heavy-messages.ts'
import type { AttackerCalls } from './support/attacker.ts'
import { startChild } from './support/child.ts'
import { HonestPeers } from './support/honest-peer.ts'
import { report } from './support/scale.ts'
import type { VictimCalls } from './support/victim.ts'

/** Whatever else runs on the machine stalls a process now and then; what a message costs it costs every time. */
const TIMES = 5
const NAMES = Object.keys(HEAVY_MESSAGES) as HeavyMessage[]

it('no message of up to 4 MiB stops the event loop for more than 50 ms', async () => {
  const victim = await startChild<VictimCalls>('victim')
  const to = await victim.call('addresses')
  const honest = await HonestPeers.connect(to, 1)
  const stalls = new Map<HeavyMessage, number>()
  honest.keepFetching()
  for (const name of NAMES) {
    for (let i = 0; i < TIMES; i++) {
      // Each with a new peer: some of it is a breach of the rules, and has consequences.
      const attacker = await startChild<AttackerCalls>('attacker')
      await attacker.call('connect', { to, count: 1 })
      await victim.call('watchStalls')
      await attacker.call('heavyMessage', name)
      await sleep(300)
      const stall = await victim.call('longestStall')
      stalls.set(name, Math.min(stall, stalls.get(name) ?? Infinity))
      await attacker.stop()
      if (stall <= 40) break
    }
  }
  const { blocks, p99Ms } = await honest.stopFetching()
  const worst = [...stalls].toSorted(([, a], [, b]) => b - a)
  for (const [name, stall] of worst) report('17', { message: name, stallMs: stall })
  report('17', { messages: worst.length, worstMs: worst[0]?.[1] ?? 0, blocks, p99Ms })
  expect(worst.filter(([, stall]) => stall > 50)).toEqual([])
  expect(blocks).toBeGreaterThan(100)
})
