import { expect, test } from 'vitest'
import { chooseAdversaries, withWideViews } from '../../../src/laboratory/adversaries/choose-adversaries.ts'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import { planPeers, roleOf, type PlannedPeer } from '../../../src/laboratory/topology.ts'
import { planWorkload } from '../../../src/laboratory/workload/plan-workload.ts'
import { SeededRandom } from '../../../src/simulation/seeded-random.ts'

const SCENARIO = readScenario({
  name: 'traders',
  topology: { seed: 2, leech: 20, passive: 1 },
  workload: { kind: 'trade', wants: 5 }
})

function peersWith(kind: string, fraction: number, seed = 1): readonly PlannedPeer[] {
  const random = new SeededRandom(seed)
  return chooseAdversaries(planPeers(SCENARIO.topology, random), { kind, fraction }, random)
}

function chosen(kind: string, fraction: number, seed = 1): number[] {
  return peersWith(kind, fraction, seed)
    .filter(({ adversary }) => adversary !== undefined)
    .map(({ index }) => index)
}

test('so many leeches, the same for every kind, and of more the fewer are a part', () => {
  const few = chosen('free-rider', 0.25)
  expect(few).toHaveLength(5)
  expect(few.every((index) => index >= 2 && index < 22)).toBe(true)
  expect(chosen('sybil', 0.25)).toEqual(few)
  expect(chosen('free-rider', 0.5)).toEqual(expect.arrayContaining(few))
  expect(chosen('free-rider', 0.25, 2)).not.toEqual(few)
  expect(chosen('free-rider', 0)).toEqual([])
})

test('they stand in results under their own name', () => {
  const roles = new Set(peersWith('whitewash', 0.5).map(roleOf))
  expect(roles).toEqual(new Set(['seed', 'leech', 'passive', 'whitewash']))
})

test('nobody wants a file that only a free-rider has; that of an invader is as good as any', () => {
  const wanted = (kind: string): Set<number> => {
    const peers = peersWith(kind, 0.5)
    const { requests, holdings } = planWorkload(SCENARIO, peers, new SeededRandom(1))
    return new Set(requests.map(({ file }) => holdings[file]?.peer ?? NaN))
  }
  const [freeRiders, invaders] = [chosen('free-rider', 0.5), chosen('invader:fifo', 0.5)]
  expect(freeRiders.filter((peer) => wanted('free-rider').has(peer))).toEqual([])
  expect(invaders.some((peer) => wanted('invader:fifo').has(peer))).toBe(true)
})

test('wide views add the edges that are missing, each once, and none to peers that cannot be dialled', () => {
  const peers = peersWith('large-view', 0.1).map((peer) => ({ ...peer, isBehindNat: peer.index === 0 }))
  const wide = peers.filter(({ adversary }) => adversary !== undefined).map(({ index }) => index)
  const known = { from: 1, to: wide[0] ?? NaN }
  const edges = withWideViews(peers, [known])
  const pairs = edges.map(({ from, to }) => [from, to].toSorted((a, b) => a - b).join(' '))
  expect(new Set(pairs).size).toBe(pairs.length)
  // Two of 23 with all others but the one behind a NAT; the edge between them once.
  expect(edges).toHaveLength(2 * 21 - 1)
})
