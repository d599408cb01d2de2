import { quantise } from '../../engine/strategies/quantise.ts'
import type { SeededRandom } from '../../simulation/seeded-random.ts'
import type { PopularityOptions, WorkloadOptions } from '../scenario/scenario.ts'
import type { PlannedPeer } from '../topology.ts'
import { byTime, EVERYTHING, type Holding, type Plan, type PlannedRequest } from './plan.ts'

/**
 * Part of all blocks that the N providers serving most of them serve, in the public network: N and the part so far.
 * ProbeLab, network-measurements, RFM16.
 */
const PROVIDER_SHARES: readonly (readonly [number, number])[] = [
  [1, 0.106],
  [3, 0.257],
  [5, 0.379],
  [10, 0.581],
  [20, 0.754],
  [50, 0.844],
  [361, 0.985],
  [723, 1]
]

/** Picks one of `weights` by a number in [0, 1), in proportion. */
export class Wheel {
  /** Bounded: by the weights given. */
  readonly #upTo: readonly number[]

  constructor(weights: readonly number[]) {
    let sum = 0
    this.#upTo = weights.map((weight) => (sum += weight))
  }

  pick(at: number): number {
    const target = at * (this.#upTo.at(-1) ?? 0)
    let [low, high] = [0, this.#upTo.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#upTo[middle] ?? 0) > target) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Requests by popularity: the file by its rank, the leech by chance, the time by a Poisson process. */
export function planPopularity(
  workload: WorkloadOptions,
  peers: readonly PlannedPeer[],
  files: number,
  random: SeededRandom
): Plan {
  const { popularity } = workload
  const leeches = peers.filter(({ role }) => role === 'leech')
  const draws = random.stream('popularity')
  const ranks = new Wheel(rankWeights(popularity, files))
  const requests: PlannedRequest[] = []
  for (let atMs = 0; requests.length < popularity.requests && leeches.length > 0;) {
    atMs += quantise((-Math.log(1 - draws.next()) * 1_000) / popularity.rate)
    const leech = leeches[draws.below(leeches.length)]
    if (leech !== undefined) requests.push({ atMs, peer: leech.index, file: ranks.pick(draws.next()) })
  }
  return { holdings: placeFiles(popularity, peers, files, random), requests: byTime(requests), files }
}

export function rankWeights({ kind, s, q }: PopularityOptions, files: number): number[] {
  return Array.from({ length: files }, (_, index) => {
    if (kind === 'uniform') return 1
    return quantise(((kind === 'zipf' ? 0 : q) + index + 1) ** -s)
  })
}

/** Each file has `replicas` providers among the seeds. */
function placeFiles(
  popularity: PopularityOptions,
  peers: readonly PlannedPeer[],
  files: number,
  random: SeededRandom
): Holding[] {
  const seeds = peers.filter(({ role }) => role === 'seed')
  const draws = random.stream('providers')
  const wheel = new Wheel(popularity.providers === 'even' ? seeds.map(() => 1) : providerWeights(seeds.length))
  const replicas = Math.min(popularity.replicas, seeds.length)
  return Array.from({ length: files }, (_, file) => {
    const chosen = new Set<number>()
    // A wheel that nearly always stops at the same few would be turned for long: the next one in order will do then.
    for (let tries = 0; chosen.size < replicas; tries++) {
      const picked = wheel.pick(draws.next())
      chosen.add(tries < 8 * replicas ? picked : nextFree(picked, chosen, seeds.length))
    }
    return Array.from(chosen, (at) => ({ peer: seeds[at]?.index ?? 0, file, has: EVERYTHING }))
  }).flat()
}

function nextFree(from: number, taken: ReadonlySet<number>, count: number): number {
  for (let step = 0; step < count; step++) if (!taken.has((from + step) % count)) return (from + step) % count
  return from
}

/** The measured shares, those between two measured ranks alike; with fewer providers, what the first of them have. */
export function providerWeights(count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const upper = PROVIDER_SHARES.findIndex(([rank]) => index < rank)
    const [toRank, toShare] = PROVIDER_SHARES[upper] ?? [Infinity, 1]
    const [fromRank, fromShare] = PROVIDER_SHARES[upper - 1] ?? [0, 0]
    return upper < 0 ? 0 : (toShare - fromShare) / (toRank - fromRank)
  })
}
