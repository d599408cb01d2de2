import { describe, expect, it } from 'vitest'
import { titForTat } from '../../src/engine/strategies/tit-for-tat.ts'
import type { Scheduler, Strategy } from '../../src/engine/strategy.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { Swarm } from '../support/swarm.ts'

/** Serves in turn, and writes down what it is told. */
function listening(told: unknown[]): Strategy {
  const create = (): Scheduler => ({
    next: ([first]) => first ?? { untilMs: Infinity },
    served: ({ peer }, bytes) => void told.push(['served', peer, bytes]),
    received: (peer, bytes) => void told.push(['received', peer, bytes]),
    left: (peer) => void told.push(['left', peer])
  })
  return { name: 'listening', about: 'in turn', source: 'a test', create }
}

describe('a strategy in a whole exchange', () => {
  it('hears of what is handed over, of wanted bytes that come, and of who leaves', async () => {
    const told: unknown[] = []
    const swarm = new Swarm()
    const alice = await swarm.add('alice', { strategy: listening(told) })
    const bob = await swarm.add('bob')
    const [mine, yours] = [numberedBlock(1, 1_000), numberedBlock(2, 2_000)]
    await alice.has([mine])
    await bob.has([yours])
    await swarm.connect(alice, bob)
    await swarm.clock.until(bob.bitswap.get(mine.cid))
    await swarm.clock.until(alice.bitswap.get(yours.cid))
    swarm.hub.disconnect(alice.id, bob.id)
    await swarm.clock.advance(1_000)
    expect(told).toEqual([
      ['served', 'bob', 1_000],
      ['received', 'bob', 2_000],
      ['left', 'bob']
    ])
    await swarm.stop(alice, bob)
  })

  it('fails aloud where it draws lots and has none, and partners are served in order of coming', async () => {
    const swarm = new Swarm()
    const strict = { engine: { strict: true } }
    const alice = await swarm.add('alice', { strategy: titForTat.with({ slots: 1 }), options: strict })
    const others = [await swarm.add('bob'), await swarm.add('carol'), await swarm.add('dora')]
    const block = numberedBlock(1, 1_000)
    await alice.has([block])
    for (const other of others) await swarm.connect(alice, other)
    await swarm.clock.until(Promise.all(others.map(({ bitswap }) => bitswap.get(block.cid))))
    const failures = alice.logger.messages('error').filter((message) => message.startsWith('the strategy failed'))
    expect(failures).toHaveLength(1)
    await swarm.stop(alice, ...others)
  })
})
