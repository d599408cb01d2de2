import type { CellResult } from '../results.ts'
import { readScenario } from '../scenario/read-scenario.ts'

/**
 * How close a result has to come: the very number; a ratio within a tolerance; or the right order of things. A `comparison`
 * can come to nothing else, by how its world is made: it is shown, and neither passes nor fails.
 */
export type ToleranceClass = 'exact' | 'ratio' | 'ordering' | 'comparison'

/** One published value beside ours. */
export interface Check {
  readonly what: string
  readonly class: ToleranceClass
  /** As published, in words where it is an order. */
  readonly published: string
  readonly ours: string
  /** Left out of a comparison. */
  readonly passed?: boolean
  /** Where both are numbers: for figures. `tolerance` as a part of what was published. */
  readonly numbers?: { readonly published: number; readonly ours: number; readonly tolerance: number }
  /** Where it fails: the reason that was found; nothing is tuned until it passes. Of a comparison: why it is no check. */
  readonly reason?: string
  /** Of a hypothesis, where there is nothing published to pass or fail; `published` is then what the claim asks for. */
  readonly verdict?: 'supported' | 'refuted' | 'undecided'
}

/** One cell of a scenario, which is given as its file would be. */
export interface CellRequest {
  readonly json: unknown
  readonly server: string
  readonly client: string
  readonly seed: number
  /** Rows for every peer by default; for worlds of many, of the world alone. */
  readonly detail?: 'peers' | 'world'
}

export interface Bench {
  /** As many at a time as there are threads; results in the order asked. */
  readonly run: (requests: readonly CellRequest[]) => Promise<readonly CellResult[]>
  /** Seeds to run, of which a full reproduction has thirty and a quick one few. */
  readonly seeds: readonly number[]
  readonly signal: AbortSignal | undefined
}

/** A published experiment that can be run again. */
export interface Reproduction {
  /** As the acceptance set names it: `a1`. */
  readonly name: string
  readonly title: string
  readonly source: string
  /** What the sources contradict each other about, if anything. */
  readonly contradictions?: string
  /** Runs of each, if nobody asks for another number; thirty if left out. */
  readonly seeds?: number
  run(bench: Bench): Promise<readonly Check[]>
}

/** A number of the whole world of a result; NaN when it was not measured. */
export function worldValue(result: CellResult, metric: string): number {
  return result.rows.find((row) => row.peer === -1 && row.metric === metric)?.value ?? NaN
}

/** A number of every peer of a role, by the number of the peer. */
export function peerValues(result: CellResult, role: string, metric: string): readonly number[] {
  return result.rows.filter((row) => row.role === role && row.metric === metric).map(({ value }) => value)
}

export function exact(what: string, published: number, ours: number, reason?: string): Check {
  const numbers = { published, ours, tolerance: 0 }
  const shown = { published: String(published), ours: String(ours) }
  return withReason({ what, class: 'exact', ...shown, passed: ours === published, numbers }, reason)
}

/** `tolerance`: by how much ours may differ, as a part of what was published. */
export function ratio(what: string, published: number, ours: number, tolerance: number, reason?: string): Check {
  const passed = Math.abs(ours - published) <= tolerance * Math.abs(published)
  const shown = `${short(published)} ± ${short(100 * tolerance)} %`
  const numbers = { published, ours, tolerance }
  return withReason({ what, class: 'ratio', published: shown, ours: short(ours), passed, numbers }, reason)
}

export function ordering(what: string, published: string, ours: string, passed: boolean, reason?: string): Check {
  return withReason({ what, class: 'ordering', published, ours, passed }, reason)
}

/** Both numbers beside each other, and why nothing is learned from their being close. */
export function comparison(what: string, published: number | string, ours: number | string, reason: string): Check {
  const [before, after] = [published, ours].map((value) => (typeof value === 'number' ? short(value) : value))
  return { what, class: 'comparison', published: before ?? '', ours: after ?? '', reason }
}

/** "n of m" of the checks that can fail. */
export function countHeld(checks: readonly Check[]): string {
  const held = checks.filter(({ passed }) => passed === true).length
  return `${held} of ${checks.filter(({ passed }) => passed !== undefined).length}`
}

/** Four digits that count. */
export function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}

/** Throws for a scenario of ours that is none: before anything is run. */
export function checkedScenario<Json>(json: Json): Json {
  readScenario(json)
  return json
}

function withReason(check: Check, reason: string | undefined): Check {
  return check.passed === true || reason === undefined ? check : { ...check, reason }
}
