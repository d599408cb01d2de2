import { setTimeout as sleep } from 'node:timers/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import { libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import { startChild } from './support/child.ts'
import type { AttackerCalls } from './support/attacker.ts'
import { report, scaled } from './support/scale.ts'
import type { VictimCalls } from './support/victim.ts'

const DIALS = scaled(60, 500)
/** Longer than a place is kept for a silent connection, so that the attack is at its worst. */
const WARM_UP_MS = 6_000

async function startDialler(): Promise<Libp2p> {
  const node = await createLibp2p(libp2pDefaults())
  onTestFinished(() => node.stop())
  return node
}

interface Dials {
  readonly failed: number
  readonly p99Ms: number
}

/** Dials, hangs up, and dials again. */
async function dialAgainAndAgain(node: Libp2p, to: readonly string[]): Promise<Dials> {
  const times: number[] = []
  let failed = 0
  for (let i = 0; i < DIALS; i++) {
    const started = performance.now()
    try {
      const connection = await node.dial(
        to.map((address) => multiaddr(address)),
        { signal: AbortSignal.timeout(5_000) }
      )
      times.push(performance.now() - started)
      await connection.close()
    } catch {
      failed++
    }
    await sleep(20)
  }
  times.sort((a, b) => a - b)
  return { failed, p99Ms: times[Math.ceil(times.length * 0.99) - 1] ?? Infinity }
}

/** The main attack comes from this address, and another ten addresses join in. */
it.each([
  { name: 'another address', from: '127.0.0.2' },
  { name: 'the address of the honest peer', from: '127.0.0.1' }
])('silent connections from $name keep no new peer out', async ({ name, from }) => {
  const victim = await startChild<VictimCalls>('victim')
  const attackers = await startChild<AttackerCalls>('attacker')
  const to = await victim.call('addresses')
  const port = Number(
    multiaddr(to[0] ?? '')
      .getComponents()
      .find((component) => component.name === 'tcp')?.value
  )
  const node = await startDialler()
  await dialAgainAndAgain(node, to)
  await attackers.call('startConnecting', [
    { from, perSecond: 50, port },
    ...Array.from({ length: 10 }, (_, i) => ({ from: `127.0.0.${11 + i}`, perSecond: 5, port }))
  ])
  await sleep(WARM_UP_MS)
  const { failed, p99Ms } = await dialAgainAndAgain(node, to)
  const { made, open } = await attackers.call('stopConnecting')
  report('16', { from: name, dials: DIALS, failed, p99Ms, silentMade: made, silentOpen: open })
  expect(failed).toBeLessThanOrEqual(DIALS / 100)
  expect(p99Ms).toBeLessThanOrEqual(500)
})
