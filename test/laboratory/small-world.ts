import { loadStrategies } from '../../src/laboratory/experiment/load-strategies.ts'
import type { CellResult } from '../../src/laboratory/results.ts'
import { runCell } from '../../src/laboratory/run-cell.ts'
import { readScenario } from '../../src/laboratory/scenario/read-scenario.ts'

/** The fields of a scenario that make a small world, one seed and a few leeches near each other. */
export const SMALL = {
  topology: { kind: 'mesh', seed: 1, leech: 3 },
  link: { latency_ms: 20, bandwidth_mb: 50 },
  content: { file_size: 600_000 }
}

/** A world like `SMALL` but for what is changed, run to its end. Sections that are given are taken as they are. */
export async function runSmall(
  changes: Readonly<Record<string, unknown>> = {},
  { server = 'fair-share', client = 'broadcast', seed = 1 } = {}
): Promise<CellResult> {
  const scenario = readScenario({ name: 'small', ...SMALL, ...changes })
  return runCell({ scenario, server, client, seed }, await loadStrategies(server, client), { stopwatch: () => 0 })
}

export function ofWorld(result: CellResult, metric: string): number {
  return result.rows.find((row) => row.peer === -1 && row.metric === metric)?.value ?? NaN
}

export function ofPeer(result: CellResult, peer: number, metric: string): number {
  return result.rows.find((row) => row.peer === peer && row.metric === metric)?.value ?? NaN
}
