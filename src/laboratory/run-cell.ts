import { collectRows } from './metrics/collect.ts'
import { openCell, type Cell } from './open-cell.ts'
import type { CellResult } from './results.ts'
import type { WorldStrategies } from './world.ts'

export interface RunOptions {
  /** Rows for every peer, or for the world alone: of a hundred thousand peers nobody reads the rows. */
  readonly detail?: 'peers' | 'world'
  /** Called when a request has ended, with the part of them that have, 0 to 1. */
  readonly onProgress?: (done: number) => void
  /** Measures the time it takes; real milliseconds. */
  readonly stopwatch: () => number
}

/** Runs one cell from the first connection to the last block, and says what there was to see. */
export async function runCell(cell: Cell, strategies: WorldStrategies, options: RunOptions): Promise<CellResult> {
  const began = options.stopwatch()
  const open = await openCell(cell, strategies)
  const { world, events, counters, startMs } = open
  const abort = new AbortController()
  const timeIsUp = new Error('the time of the scenario is up')
  const limit = world.clock.setTimer(cell.scenario.limit_ms, () => abort.abort(timeIsUp))
  let done = 0
  const ended = (): void => options.onProgress?.(++done / open.requests.length)
  const outcomes = await world.clock.until(open.begin(abort.signal, ended))
  limit.cancel()
  const rows = collectRows({ world, outcomes, counters, startMs, detail: options.detail ?? 'peers' })
  const virtualMs = world.clock.now()
  await world.stop()
  return {
    scenario: cell.scenario.name,
    server: cell.server,
    client: cell.client,
    seed: cell.seed,
    eventHash: events.digest(),
    rows,
    messages: events.events,
    virtualMs,
    wallMs: options.stopwatch() - began
  }
}
