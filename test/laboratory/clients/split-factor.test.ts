import { expect, test } from 'vitest'
import { cidKey, toPeerId } from '../../../src/ids.ts'
import type { ClientWant } from '../../../src/laboratory/clients/base/desk.ts'
import { SplitFactor } from '../../../src/laboratory/clients/split/split-factor.ts'
import { SeededRandom } from '../../../src/simulation/seeded-random.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'

const LIMITS = { initial: 2, max: 16, tooMany: 0.4, tooFew: 0.2, minBlocks: 2 }

function wants(count: number): ClientWant[] {
  return Array.from({ length: count }, (_, number) => {
    const { cid } = numberedBlock(number)
    const shared = { cid, key: cidKey(cid), told: new Set<never>(), claimed: false, inFlight: new Map<never, never>() }
    return { shared, waiters: new Set(), priority: 1, number, since: 0 }
  })
}

test('grows with duplicates up to its bound, falls without them down to one, and stays in between', () => {
  const factor = new SplitFactor(LIMITS)
  factor.received(1, 1)
  expect(factor.value).toBe(2)
  factor.received(1, 1)
  expect(factor.value).toBe(3)
  for (let round = 0; round < 40; round++) factor.received(2, 2)
  expect(factor.value).toBe(16)
  for (let round = 0; round < 40; round++) factor.received(2, 1)
  expect(factor.value).toBe(16)
  for (let round = 0; round < 60; round++) factor.received(3, 0)
  expect(factor.value).toBe(1)
})

test('deals each want to one group, and each peer to one', () => {
  const peers = ['a', 'b', 'c', 'd', 'e'].map(toPeerId)
  const groups = new SplitFactor(LIMITS).deal(wants(9), peers, new SeededRandom(1))
  expect(groups).toHaveLength(2)
  expect(groups.flatMap((group) => group.peers).sort()).toEqual(peers)
  expect(new Set(groups.flatMap((group) => group.wants)).size).toBe(9)
  expect(groups.map((group) => group.peers[0])).toEqual([peers[0], peers[1]])
})

test('a single want goes to all peers: there is nothing to deal', () => {
  const peers = ['a', 'b', 'c'].map(toPeerId)
  expect(new SplitFactor(LIMITS).deal(wants(1), peers, new SeededRandom(1))[0]?.peers).toEqual(peers)
})
