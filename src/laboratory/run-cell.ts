import { createEventLog } from '../simulation/event-log.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { createFile, type VirtualFile } from '../simulation/virtual-content.ts'
import { collectRows } from './metrics/collect.ts'
import { TrafficCounters } from './metrics/traffic-counters.ts'
import { runRequest, stepsOf, type RequestOutcome } from './requests.ts'
import type { CellResult } from './results.ts'
import type { Scenario } from './scenario/scenario.ts'
import { planEdges, planPeers } from './topology.ts'
import { numberOfPeer, World, type WorldStrategies } from './world.ts'
import type { Plan } from './workload/plan.ts'
import { planWorkload } from './workload/plan-workload.ts'

export interface Cell {
  readonly scenario: Scenario
  /** References, as they are shown in results. */
  readonly server: string
  readonly client: string
  readonly seed: number
}

export interface RunOptions {
  /** Rows for every peer, or for the world alone: of a hundred thousand peers nobody reads the rows. */
  readonly detail?: 'peers' | 'world'
  /** Called now and then with the part of the requests that are done, 0 to 1. */
  readonly onProgress?: (done: number) => void
  /** Measures the time it takes; real milliseconds. */
  readonly stopwatch: () => number
}

/** Runs one cell from the first connection to the last block, and says what there was to see. */
export async function runCell(cell: Cell, strategies: WorldStrategies, options: RunOptions): Promise<CellResult> {
  const { scenario, seed } = cell
  const began = options.stopwatch()
  const random = new SeededRandom(seed, 'world')
  const plans = planPeers(scenario.topology, random)
  const plan = planWorkload(scenario, plans, random)
  const files = createFiles(scenario, plan)
  const counters = new TrafficCounters(plans.length)
  const events = createEventLog({
    keep: (record) => counters.add(numberOfPeer(record.from), numberOfPeer(record.to), record)
  })
  const world = new World(scenario, plans, strategies, events, random)
  await world.start()
  place(world, plan, files)
  await world.connect(planEdges(plans, scenario.topology, random))
  const startMs = world.clock.now()
  const outcomes = await runRequests(world, plan, files, scenario, options.onProgress)
  const rows = collectRows({ world, outcomes, counters, startMs, detail: options.detail ?? 'peers' })
  const virtualMs = world.clock.now()
  await world.stop()
  return {
    scenario: scenario.name,
    server: cell.server,
    client: cell.client,
    seed,
    eventHash: events.digest(),
    rows,
    events: events.events,
    messages: events.events,
    virtualMs,
    wallMs: options.stopwatch() - began
  }
}

function createFiles({ content, realBytes }: Scenario, plan: Plan): VirtualFile[] {
  const { file_size, chunk, layout, rawLeaves } = content
  return Array.from({ length: plan.files }, (_, index) => {
    const bytes = file_size[index % file_size.length] ?? 0
    return createFile({ bytes, chunk, layout, rawLeaves, index, realBytes })
  })
}

function place(world: World, plan: Plan, files: readonly VirtualFile[]): void {
  for (const { peer, file, has } of plan.holdings) {
    const holder = world.peers[peer]
    for (const [number, block] of files[file]?.blocks.entries() ?? []) {
      if (holder === undefined || !has(number)) continue
      holder.store.put(block.cid, block.bytes)
      world.providers.provide(holder.id, block.cid)
    }
  }
}

async function runRequests(
  world: World,
  plan: Plan,
  files: readonly VirtualFile[],
  scenario: Scenario,
  onProgress: RunOptions['onProgress']
): Promise<readonly RequestOutcome[]> {
  const abort = new AbortController()
  let done = 0
  const requests = plan.requests.map(async ({ atMs, peer, file }) => {
    const [asker, wanted] = [world.peers[peer], files[file]]
    if (asker === undefined || wanted === undefined) return []
    if (atMs > 0) await world.clock.sleep(atMs)
    const session = asker.bitswap.createSession({ signal: abort.signal })
    const outcome = await runRequest(session, stepsOf(wanted, scenario.workload.fetch), world.clock, { peer, file })
    onProgress?.(++done / plan.requests.length)
    return [outcome]
  })
  const limit = world.clock.setTimer(scenario.limit_ms, () => abort.abort(new Error('the time of the scenario is up')))
  const outcomes = await world.clock.until(Promise.all(requests))
  limit.cancel()
  return outcomes.flat()
}
