import type { SeededRandom } from '../../simulation/seeded-random.ts'
import type { Scenario, WorkloadOptions } from '../scenario/scenario.ts'
import type { PlannedPeer } from '../topology.ts'
import { byTime, EVERYTHING, type Holding, type Plan, type PlannedRequest } from './plan.ts'
import { planPopularity } from './popularity.ts'

/** What the peers of a scenario have and ask for. Depends on the random streams `trade`, `popularity` and `providers` alone. */
export function planWorkload(scenario: Scenario, peers: readonly PlannedPeer[], random: SeededRandom): Plan {
  const { workload, content } = scenario
  switch (workload.kind) {
    case 'fetch':
      return { ...planFetch(workload, peers, content.files), files: content.files }
    case 'trade':
      return planTrade(workload, peers, random)
    case 'popularity':
      return planPopularity(workload, peers, content.files, random)
    case 'trace':
      return planTrace(workload, peers, content.files)
  }
}

/** When the leech of this number begins: in its wave, behind those of the wave that come before it. */
export function beginsAt(number: number, leeches: number, workload: WorkloadOptions): number {
  const { waves, wave_gap_ms, request_stagger } = workload
  const wave = Math.floor((number * waves) / leeches)
  const firstOfWave = Math.ceil((wave * leeches) / waves)
  return wave * wave_gap_ms + (number - firstOfWave) * request_stagger
}

function planFetch(workload: WorkloadOptions, peers: readonly PlannedPeer[], files: number): Omit<Plan, 'files'> {
  const leeches = peers.filter(({ role }) => role === 'leech')
  const requests = leeches.flatMap(({ index, number }) =>
    range(files).map((file) => ({ atMs: beginsAt(number, leeches.length, workload), peer: index, file }))
  )
  return { holdings: seedHoldings(workload, peers, files), requests: byTime(requests) }
}

/** Which blocks a seed has, by its number: parts as in the microbenchmarks of go-bitswap, or as in Testground's plans. */
function seedHoldings(workload: WorkloadOptions, peers: readonly PlannedPeer[], files: number): Holding[] {
  const seeds = peers.filter(({ role }) => role === 'seed')
  const seeding = Math.ceil((seeds.length * workload.seeder_rate) / 100)
  return seeds.slice(0, seeding).flatMap(({ index, number }) => {
    const has = partOf(workload, number, seeding)
    return range(files).map((file) => ({ peer: index, file, has }))
  })
}

function partOf({ spread, seed_fraction }: WorkloadOptions, seed: number, seeds: number): Holding['has'] {
  const [part, whole] = seed_fraction
  switch (spread) {
    case 'all':
      return part >= whole ? EVERYTHING : (_block, leaf) => leaf < 0 || (leaf + seed) % whole < part
    // Of a hundred blocks: the first three quarters, and the last three quarters.
    case 'overlap1':
      return seed % 2 === 0 ? (block) => block < 75 : (block) => block >= 25
    // Even and odd numbers, and every third of the others besides.
    case 'overlap3':
      return (block) => block % 2 === seed % 2 || block % 3 === 0
    case 'one-each':
      return (block) => block % seeds === seed
  }
}

/**
 * File n is that of the n-th peer that trades; each wants the files of some others, or of all. Nobody wants the file of one
 * that serves nobody: what cannot be had says nothing of a strategy.
 */
function planTrade(workload: WorkloadOptions, peers: readonly PlannedPeer[], random: SeededRandom): Plan {
  const traders = peers.filter(({ role }) => role !== 'passive')
  const wanted = workload.wants === 0 ? traders.length - 1 : workload.wants
  const holdings = traders.map(({ index }, file) => ({ peer: index, file, has: EVERYTHING }))
  const requests = traders.flatMap(({ index, role }, own): PlannedRequest[] => {
    if (role !== 'leech') return []
    const others = random.stream(`trade/${index}`).shuffled(range(traders.length).filter((file) => file !== own))
    const served = others.filter((file) => traders[file]?.adversary?.serves !== false)
    return served.slice(0, wanted).map((file) => ({ atMs: 0, peer: index, file }))
  })
  return { holdings, requests: byTime(requests), files: traders.length }
}

function planTrace(workload: WorkloadOptions, peers: readonly PlannedPeer[], files: number): Plan {
  const leeches = peers.filter(({ role }) => role === 'leech')
  const requests = workload.trace.flatMap(({ atMs, leech, file }): PlannedRequest[] => {
    const peer = leeches[leech]
    return peer === undefined ? [] : [{ atMs, peer: peer.index, file }]
  })
  return { holdings: seedHoldings(workload, peers, files), requests: byTime(requests), files }
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}
