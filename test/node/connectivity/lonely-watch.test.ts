import { expect, it } from 'vitest'
import { LonelyWatch } from '../../../src/node/connectivity/lonely-watch.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function watch(connectedPeers: () => number) {
  const clock = new ManualClock()
  const warnings: string[] = []
  const lonely = new LonelyWatch({
    clock,
    connectedPeers,
    fingerprint: '0123abcd',
    warn: (message) => warnings.push(message)
  })
  lonely.start()
  return { clock, warnings, lonely }
}

it('a private swarm without peers is told of once, after a minute, with what to check', async () => {
  const { clock, warnings } = watch(() => 0)
  await clock.pass(59_999)
  expect(warnings).toEqual([])
  await clock.pass(1)
  expect(warnings).toEqual([expect.stringMatching(/after 60 s: check that Bootstrap or Peering.Peers .* 0123abcd$/u)])
  await clock.pass(3_600_000)
  expect(warnings).toHaveLength(1)
})

it('one that has a peer by then, or is stopped, is not', async () => {
  let peers = 0
  const found = watch(() => peers)
  const stopped = watch(() => 0)
  await found.clock.pass(59_000)
  peers = 1
  stopped.lonely.stop()
  await Promise.all([found.clock.pass(60_000), stopped.clock.pass(60_000)])
  expect([found.warnings, stopped.warnings, stopped.clock.timers]).toEqual([[], [], 0])
})
