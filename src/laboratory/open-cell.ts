import { createEventLog, type EventLog, type EventRecord } from '../simulation/event-log.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { createFile, type VirtualFile } from '../simulation/virtual-content.ts'
import { chooseAdversaries, withWideViews } from './adversaries/choose-adversaries.ts'
import { boundsOfCell } from './metrics/bounds-of-cell.ts'
import { DebtBalance } from './metrics/debt-balance.ts'
import { KnownBlocks } from './metrics/known-blocks.ts'
import type { LowerBounds } from './metrics/lower-bounds.ts'
import { TrafficCounters } from './metrics/traffic-counters.ts'
import { runRequest, stepsOf, type RequestOutcome } from './requests.ts'
import type { Scenario } from './scenario/scenario.ts'
import { planEdges, planPeers } from './topology.ts'
import { planWorkload } from './workload/plan-workload.ts'
import type { Plan, PlannedRequest } from './workload/plan.ts'
import type { BuildWorld, WorldLike } from './world-like.ts'
import { numberOfPeer } from './world.ts'
import type { WorldStrategies } from './world-strategies.ts'

/** One scenario under one pair of strategies, with one seed. */
export interface Cell {
  readonly scenario: Scenario
  /** References, as they are shown in results. */
  readonly server: string
  readonly client: string
  readonly seed: number
}

/** A world that is connected, with everybody in their place, and nothing asked for yet. */
export interface OpenCell<SomeWorld extends WorldLike> {
  readonly world: SomeWorld
  readonly events: EventLog
  readonly counters: TrafficCounters
  readonly balance: DebtBalance
  readonly bounds: LowerBounds
  readonly requests: readonly PlannedRequest[]
  /** When the first request may begin, in milliseconds of the world. */
  readonly startMs: number
  /** Begins the requests; resolves when all have ended. Ends what is open with the reason of `signal`. */
  begin(signal: AbortSignal, ended?: (outcome: RequestOutcome) => void): Promise<readonly RequestOutcome[]>
}

/** Larger worlds are not watched: what every peer asked and owes would take more memory than the peers themselves. */
export const MAX_WATCHED_PEERS = 2_000

/** Builds the world of a cell, of the given kind, and connects it. `observe` sees every message that is handed to the network. */
export async function openCell<SomeWorld extends WorldLike>(
  { scenario, seed }: Pick<Cell, 'scenario' | 'seed'>,
  strategies: WorldStrategies,
  build: BuildWorld<SomeWorld>,
  observe?: (record: EventRecord) => void
): Promise<OpenCell<SomeWorld>> {
  const random = new SeededRandom(seed, 'world')
  const plans = chooseAdversaries(planPeers(scenario.topology, random), scenario.adversary, random)
  const plan = planWorkload(scenario, plans, random)
  const files = createFiles(scenario, plan)
  const [counters, balance] = [new TrafficCounters(plans.length), new DebtBalance(plans.length)]
  const events = createEventLog({
    keep: (record) => {
      const [from, to] = [numberOfPeer(record.from), numberOfPeer(record.to)]
      counters.add(from, to, record)
      if (record.blockBytes > 0) balance.add(from, to, record.blockBytes, record.atMicros / 1_000)
      observe?.(record)
    }
  })
  const blocks = plans.length <= MAX_WATCHED_PEERS ? new KnownBlocks(files) : undefined
  const world = build({ scenario, plans, strategies, events, random, blocks })
  try {
    await world.start()
    place(world, plan, files)
    await world.connect(withWideViews(plans, planEdges(plans, scenario.topology, random)))
  } catch (error) {
    await world.stop()
    throw error
  }
  const begin: OpenCell<SomeWorld>['begin'] = (signal, ended) => begun(world, plan, files, scenario, signal, ended)
  const bounds = boundsOfCell({ scenario, plans, plan, files, random })
  const { requests } = plan
  return { world, events, counters, balance, bounds, requests, startMs: world.clock.now(), begin }
}

function createFiles({ content, realBytes }: Scenario, plan: Plan): VirtualFile[] {
  const { file_size, chunk, layout, rawLeaves } = content
  return Array.from({ length: plan.files }, (_, index) => {
    const bytes = file_size[index % file_size.length] ?? 0
    return createFile({ bytes, chunk, layout, rawLeaves, index, realBytes })
  })
}

function place(world: WorldLike, plan: Plan, files: readonly VirtualFile[]): void {
  for (const { peer, file, has } of plan.holdings) {
    const [holder, content] = [world.peers[peer], files[file]]
    const above = (content?.blocks.length ?? 0) - (content?.levels.at(-1)?.length ?? 0)
    for (const [number, block] of content?.blocks.entries() ?? []) {
      if (holder === undefined || !has(number, Math.max(-1, number - above))) continue
      holder.store.put(block.cid, block.bytes)
      world.providers.provide(holder.id, block.cid)
    }
  }
}

async function begun(
  world: WorldLike,
  plan: Plan,
  files: readonly VirtualFile[],
  { workload }: Scenario,
  signal: AbortSignal,
  ended: ((outcome: RequestOutcome) => void) | undefined
): Promise<readonly RequestOutcome[]> {
  const outcomes = await Promise.all(
    plan.requests.map(async ({ atMs, peer, file }) => {
      const [asker, wanted] = [world.peers[peer], files[file]]
      if (asker === undefined || wanted === undefined) return []
      if (atMs > 0) await world.clock.sleep(atMs)
      const steps = stepsOf(wanted, workload.fetch)
      const watched = world.watch?.begin(peer, file)
      const outcome = await runRequest({
        exchange: asker.bitswap,
        steps,
        clock: world.clock,
        request: { peer, file },
        signal,
        whenBack: () => world.whenBack?.(peer)
      })
      if (watched !== undefined) world.watch?.end(peer, watched)
      ended?.(outcome)
      return [outcome]
    })
  )
  return outcomes.flat()
}
