import { regionLatencyMs, REGIONS } from '../../simulation/regions.ts'
import type { SeededRandom } from '../../simulation/seeded-random.ts'
import type { VirtualFile } from '../../simulation/virtual-content.ts'
import { stepsOf } from '../requests.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { hostShape, networkShape, regionsOf } from '../shapes.ts'
import type { PlannedPeer } from '../topology.ts'
import type { Plan } from '../workload/plan.ts'
import { lowerBounds, type Capacity, type LowerBounds } from './lower-bounds.ts'

const MS_PER_SECOND = 1_000

export interface PlannedCell {
  readonly scenario: Scenario
  readonly plans: readonly PlannedPeer[]
  readonly plan: Plan
  readonly files: readonly VirtualFile[]
  readonly random: SeededRandom
}

/** The bounds of what a cell asks for; its demands are its requests, in their order. */
export function boundsOfCell({ scenario, plans, plan, files, random }: PlannedCell): LowerBounds {
  const regions = regionsOf(plans.length, scenario, random)
  const places = new Places(scenario)
  const capacities = plans.map((peer): Capacity => {
    const shape = hostShape(peer, scenario, random)
    const region = regions?.[peer.index]
    return {
      upload: (shape.uploadBytesPerSecond ?? Infinity) / MS_PER_SECOND,
      download: (shape.downloadBytesPerSecond ?? Infinity) / MS_PER_SECOND,
      place: places.of(region === undefined ? -1 : REGIONS.indexOf(region), shape.egressLatencyMs ?? 0)
    }
  })
  const holders = new Map<number, number[]>()
  for (const { peer, file } of plan.holdings) holders.set(file, [...(holders.get(file) ?? []), peer])
  const had = new Set(plan.holdings.map(({ peer, file }) => `${peer} ${file}`))
  const demands = plan.requests.map(({ atMs, peer, file }) => {
    const [wanted, asked] = [files[file], had.has(`${peer} ${file}`)]
    // Asked for once more, or at hand from the start, it has nothing to wait for.
    had.add(`${peer} ${file}`)
    if (wanted === undefined || asked) return { atMs, peer, file, bytes: 0, steps: 0 }
    return { atMs, peer, file, bytes: wanted.blockBytes, steps: stepsOf(wanted, scenario.workload.fetch).length }
  })
  return lowerBounds({ capacities, demands, holders, roundTripMs: (a, b) => places.roundTripMs(a, b) })
}

/** Peers of one region that are late by the same are in one place. */
class Places {
  readonly #jitter: number
  readonly #latencyMs: number
  /** Bounded: by regions and latencies of a scenario. */
  readonly #places: { readonly region: number; readonly egressMs: number }[] = []

  constructor(scenario: Scenario) {
    const { latencyMs = 0, jitterPct = 0 } = networkShape(scenario).link ?? {}
    this.#latencyMs = latencyMs
    this.#jitter = jitterPct / 100
  }

  of(region: number, egressMs: number): number {
    const known = this.#places.findIndex((place) => place.region === region && place.egressMs === egressMs)
    return known >= 0 ? known : this.#places.push({ region, egressMs }) - 1
  }

  /** With the luckiest jitter both ways. */
  roundTripMs(a: number, b: number): number {
    const [from, to] = [this.#places[a], this.#places[b]]
    const [first, second] = [REGIONS[from?.region ?? -1], REGIONS[to?.region ?? -1]]
    const oneWay = first === undefined || second === undefined ? this.#latencyMs : regionLatencyMs(first, second)
    return (2 * oneWay + (from?.egressMs ?? 0) + (to?.egressMs ?? 0)) * (1 - this.#jitter)
  }
}
