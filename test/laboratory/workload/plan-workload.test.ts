import { describe, expect, test } from 'vitest'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import { planEdges, planPeers } from '../../../src/laboratory/topology.ts'
import { planWorkload } from '../../../src/laboratory/workload/plan-workload.ts'
import type { Plan } from '../../../src/laboratory/workload/plan.ts'
import { providerWeights, Wheel } from '../../../src/laboratory/workload/popularity.ts'
import { SeededRandom } from '../../../src/simulation/seeded-random.ts'

const random = new SeededRandom(1, 'world')

function planOf(changes: Record<string, unknown>): Plan {
  const scenario = readScenario({ name: 'x', ...changes })
  return planWorkload(scenario, planPeers(scenario.topology, random), random)
}

describe('topologies', () => {
  const edgesOf = (topology: Record<string, unknown>): readonly { from: number; to: number }[] => {
    const read = readScenario({ name: 'x', topology }).topology
    return planEdges(planPeers(read, random), read, random)
  }

  test('a mesh connects every two', () => {
    expect(edgesOf({ seed: 1, leech: 4 })).toHaveLength(10)
  })

  test('a sparse one has no edge between leeches and seeds', () => {
    const edges = edgesOf({ kind: 'sparse', seed: 1, leech: 2, passive: 1 })
    expect(edges.map(({ from, to }) => [to, from])).toEqual([
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3]
    ])
  })

  test('a random one has about its degree, and no edge to oneself', () => {
    const edges = edgesOf({ kind: 'random', seed: 1, leech: 199, degree: 20 })
    expect(edges).toHaveLength(2_000)
    expect(edges.every(({ from, to }) => from !== to)).toBe(true)
  })

  test('nobody dials a peer behind a NAT, and two of them do not meet', () => {
    expect(edgesOf({ seed: 1, leech: 5, nat_pct: 100 })).toEqual([])
  })
})

describe('workloads', () => {
  test('waves begin one after the other', () => {
    const { requests } = planOf({
      topology: { leech: 29 },
      workload: { waves: 10, wave_gap_ms: 5_000, request_stagger: 1 }
    })
    const starts = requests.map(({ atMs }) => Math.floor(atMs / 5_000))
    expect(new Set(starts).size).toBe(10)
    expect(starts.filter((wave) => wave === 0)).toHaveLength(3)
    expect(requests.map(({ atMs }) => atMs).slice(0, 4)).toEqual([0, 1, 2, 5_000])
  })

  test('the parts of overlap1 and overlap3 are those of the microbenchmarks', () => {
    const held = (spread: string, seed: number): number => {
      const holding = planOf({ topology: { seed: 2, leech: 1 }, workload: { spread } }).holdings[seed]
      return Array.from({ length: 100 }, (_, block) => holding?.has(block, block)).filter(Boolean).length
    }
    expect([held('overlap1', 0), held('overlap1', 1)]).toEqual([75, 75])
    expect([held('overlap3', 0), held('overlap3', 1)]).toEqual([67, 67])
    expect([held('one-each', 0), held('one-each', 1)]).toEqual([50, 50])
  })

  test('seeds may have parts of the leaves, and some of them nothing', () => {
    const workload = { seeder_rate: 50, seed_fraction: [2, 3] }
    const { holdings } = planOf({ topology: { seed: 4, leech: 1 }, workload })
    expect(holdings.map(({ peer }) => peer)).toEqual([0, 1])
    const leaves = holdings.map(({ has }) => Array.from({ length: 6 }, (_, leaf) => has(leaf + 1, leaf)))
    expect(leaves).toEqual([
      [true, true, false, true, true, false],
      [true, false, true, true, false, true]
    ])
    expect(holdings.every(({ has }) => has(0, -1))).toBe(true)
  })

  test('traders want the files of others, never their own', () => {
    const plan = planOf({ topology: { seed: 0, leech: 5 }, workload: { kind: 'trade' } })
    expect(plan.files).toBe(5)
    expect(plan.requests).toHaveLength(20)
    expect(plan.requests.every(({ peer, file }) => plan.holdings[file]?.peer !== peer)).toBe(true)
  })

  test('popularity: the head of the curve is asked for as often as measured', () => {
    const plan = planOf({
      topology: { seed: 30, leech: 10 },
      content: { files: 100_000 },
      workload: { kind: 'popularity', popularity: { requests: 20_000, rate: 100 } }
    })
    const first = plan.requests.filter(({ file }) => file === 0).length
    // (1 + 16)^-1.05 over the sum of them: 0.87 % for 100,000 files.
    expect(first / 20_000).toBeGreaterThan(0.006)
    expect(first / 20_000).toBeLessThan(0.012)
    const times = plan.requests.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)).toBeGreaterThan(190_000)
    expect(times.at(-1)).toBeLessThan(210_000)
  })

  test('providers: the first serve the part that was measured', () => {
    const weights = providerWeights(723)
    const share = (count: number): number => weights.slice(0, count).reduce((sum, weight) => sum + weight, 0)
    expect(share(1)).toBeCloseTo(0.106, 6)
    expect(share(10)).toBeCloseTo(0.581, 6)
    expect(share(723)).toBeCloseTo(1, 6)
  })

  test('a wheel stops in proportion', () => {
    const wheel = new Wheel([1, 0, 3])
    expect([0, 0.2, 0.26, 0.99].map((at) => wheel.pick(at))).toEqual([0, 0, 2, 2])
  })

  test('a trace is played as it is', () => {
    const trace = [
      { atMs: 20, leech: 1, file: 0 },
      { atMs: 10, leech: 0, file: 1 }
    ]
    const plan = planOf({ topology: { seed: 1, leech: 2 }, content: { files: 2 }, workload: { kind: 'trace', trace } })
    expect(plan.requests).toEqual([
      { atMs: 10, peer: 1, file: 1 },
      { atMs: 20, peer: 2, file: 0 }
    ])
  })
})
