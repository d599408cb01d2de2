import { strategyByName } from '../../../src/engine/strategies/by-name.ts'
import type { Strategy } from '../../../src/engine/strategy.ts'
import { openCell, type OpenCell } from '../../../src/laboratory/open-cell.ts'
import type { RequestOutcome } from '../../../src/laboratory/requests.ts'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import { virtualWorld, type World } from '../../../src/laboratory/world.ts'
import type { EventRecord } from '../../../src/simulation/event-log.ts'
import type { WorldPeer } from '../../../src/laboratory/world-like.ts'

const SMALL = {
  name: 'small',
  topology: { kind: 'mesh', seed: 0, leech: 6 },
  link: { latency_ms: 10, bandwidth_mb: 4, window_bytes: 65_536 },
  content: { file_size: 200_000, chunk: 32_768 },
  workload: { kind: 'trade', wants: 2 },
  exchange: { uploadSlots: 1, targetMessageBytes: 32_768 },
  limit_ms: 60_000
}

export interface Ended {
  readonly cell: OpenCell<World>
  readonly outcomes: readonly RequestOutcome[]
  readonly adversaries: readonly WorldPeer[]
  readonly cooperators: readonly WorldPeer[]
  /** Messages handed to the network. */
  readonly sent: readonly EventRecord[]
}

/** Six peers that trade over a slow mesh, a third of them adversaries of a kind, until every request has ended. */
export async function runSmall(
  kind: string,
  changes: Readonly<Record<string, unknown>> = {},
  server: string | Strategy = 'fair-share'
): Promise<Ended> {
  const scenario = readScenario({ ...SMALL, adversary: { kind, fraction: 1 / 3 }, ...changes })
  const sent: EventRecord[] = []
  const strategies = { server: typeof server === 'string' ? strategyByName(server) : server, client: undefined }
  const cell = await openCell({ scenario, seed: 1 }, strategies, virtualWorld, (record) => sent.push(record))
  const { clock, peers } = cell.world
  const abort = new AbortController()
  const limit = clock.setTimer(scenario.limit_ms, () => abort.abort(new Error('time is up')))
  const outcomes = await clock.until(cell.begin(abort.signal))
  limit.cancel()
  const isAdversary = ({ plan }: WorldPeer): boolean => plan.adversary !== undefined
  const [adversaries, cooperators] = [peers.filter(isAdversary), peers.filter((peer) => !isAdversary(peer))]
  return { cell, outcomes, adversaries, cooperators, sent }
}
