import { timedAbort } from '../timed-abort.ts'
import { collectRows } from './metrics/collect.ts'
import { openCell, type Cell, type OpenCell } from './open-cell.ts'
import type { RequestOutcome } from './requests.ts'
import type { CellResult, MetricRow } from './results.ts'
import type { BuildWorld, WorldLike } from './world-like.ts'
import { virtualWorld } from './world.ts'
import type { WorldStrategies } from './world-strategies.ts'

export interface RunOptions {
  /** Rows for every peer, or for the world alone: of a hundred thousand peers nobody reads the rows. */
  readonly detail?: 'peers' | 'world'
  /** Called when a request has ended, with the part of them that have, 0 to 1. */
  readonly onProgress?: (done: number) => void
  /** The kind of world; a virtual one if left out. */
  readonly build?: BuildWorld
  /** Ends the run, which then rejects with the reason. */
  readonly signal?: AbortSignal | undefined
  /** Measures the time it takes; real milliseconds. */
  readonly stopwatch: () => number
}

/** Runs one cell from the first connection to the last block, and says what there was to see. */
export async function runCell(cell: Cell, strategies: WorldStrategies, options: RunOptions): Promise<CellResult> {
  const began = options.stopwatch()
  const build: BuildWorld = options.build ?? virtualWorld
  const open = await openCell(cell, strategies, build)
  const { world, events } = open
  try {
    const rows = await measure(open, cell, options)
    const virtualMs = world.clock.now()
    await world.stop()
    const { server, client, seed, scenario } = cell
    const wallMs = options.stopwatch() - began
    const figures = { scenario: scenario.name, server, client, seed, rows, messages: events.events, virtualMs, wallMs }
    return world.kind === 'virtual'
      ? { ...figures, worldKind: 'virtual', eventHash: events.digest() }
      : { ...figures, worldKind: 'libp2p', eventHash: 'none' }
  } catch (error) {
    await world.stop()
    throw error
  }
}

async function measure(open: OpenCell<WorldLike>, cell: Cell, options: RunOptions): Promise<readonly MetricRow[]> {
  const { world, counters, balance, bounds, requests, startMs } = open
  const outcomes = await world.clock.until(playOut(open, cell, options))
  const [detail, endMs] = [options.detail ?? 'peers', world.clock.now()]
  return collectRows({ world, outcomes, counters, balance, bounds, requests, startMs, endMs, detail })
}

/** Begins the requests of a cell, and resolves once all have ended or the time is up; its clock has to be run meanwhile. */
export async function playOut(
  open: OpenCell<WorldLike>,
  { scenario }: Cell,
  options: Pick<RunOptions, 'onProgress' | 'signal'>
): Promise<readonly RequestOutcome[]> {
  const { world } = open
  const timeIsUp = new Error('the time of the scenario is up')
  const limitMs = Math.min(scenario.limit_ms, world.limitMs ?? Infinity)
  const { signal } = options
  const limit = timedAbort({ clock: world.clock, ms: limitMs, late: () => timeIsUp, signal })
  let done = 0
  const ended = (): void => options.onProgress?.(++done / open.requests.length)
  try {
    const outcomes = await open.begin(limit.signal, ended)
    signal?.throwIfAborted()
    return outcomes
  } finally {
    limit.end()
  }
}
