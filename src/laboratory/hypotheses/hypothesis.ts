import type { Bench, Check, Reproduction } from '../reproduce/reproduction.ts'
import { checkedScenario, short, worldValue } from '../reproduce/reproduction.ts'
import type { CellResult } from '../results.ts'
import { bootstrapInterval, type Interval } from '../statistics/bootstrap.ts'
import { median } from '../statistics/quantile.ts'
import { verdictOf, wholeVerdict, type Bound, type Verdict } from './verdict.ts'

/** Runs of each arm, unless another number is asked for. */
export const QUICK_SEEDS = 10

/** Seeds up to this one were for trying scenarios out: no verdict is from the seeds that its scenario was made with. */
const TRIED_SEEDS = 100

/** One side of a comparison: a scenario under a pair of strategies. Every arm is run with the same seeds. */
export interface Arm {
  readonly json: unknown
  readonly server: string
  readonly client: string
}

/** One number for each seed, paired already, and where their median has to lie. */
export interface Claim {
  readonly what: string
  readonly values: readonly number[]
  /** Left out: for comparison only, and nothing depends on it. */
  readonly bound?: Bound
}

/** What was measured, by arm: lists have a number for each seed, in the order of seeds. */
export interface Seen<Name extends string> {
  /** A number of the whole world; NaN where it was not measured. */
  readonly world: (arm: Name, metric: string) => readonly number[]
  /** A number worked out of each result. */
  readonly each: (arm: Name, value: (result: CellResult) => number) => readonly number[]
}

export interface HypothesisDraft<Name extends string> {
  readonly name: string
  readonly title: string
  readonly source: string
  /** As it was registered, before anything was run. */
  readonly statement: string
  /** What a verdict does not say. */
  readonly limits: string
  readonly arms: Readonly<Record<Name, Arm>>
  readonly claims: (seen: Seen<Name>) => readonly Claim[]
}

export interface Hypothesis extends Reproduction {
  readonly statement: string
  readonly limits: string
}

/**
 * A hypothesis, with the rule that decides it. Of each claim the median over seeds has to lie within its bound: it is
 * supported when the whole bootstrap interval of the median does, refuted when none of it does, and undecided otherwise.
 * The level is 95 % for all claims of the hypothesis together (Bonferroni); with too few runs for that level, nothing is
 * decided. A hypothesis is supported when all its claims
 * are, refuted when one is, and undecided otherwise.
 */
export function hypothesis<Name extends string>(draft: HypothesisDraft<Name>): Hypothesis {
  const { arms, name, title, source, statement, limits } = draft
  for (const arm of Object.values<Arm>(arms)) checkedScenario(arm.json)
  const words = { name, title, source, statement, limits }
  return { ...words, seeds: QUICK_SEEDS, run: async (bench) => judged(draft, await runArms(arms, bench)) }
}

async function runArms<Name extends string>(
  arms: Readonly<Record<Name, Arm>>,
  { run, seeds }: Bench
): Promise<Seen<Name>> {
  const names = Object.keys(arms)
  const requests = Object.values<Arm>(arms).flatMap((arm) =>
    seeds.map((seed) => ({ ...arm, seed: TRIED_SEEDS + seed }))
  )
  const results = await run(requests)
  const resultsOf = (arm: number): readonly CellResult[] => results.slice(arm * seeds.length, (arm + 1) * seeds.length)
  // A seed with which every arm does what it did with another is no sample of its own.
  const done = new Map(seeds.map((_, at) => [names.map((__, arm) => resultsOf(arm)[at]?.eventHash).join(' '), at]))
  const kept = new Set(done.values())
  const each = (arm: Name, value: (result: CellResult) => number): readonly number[] =>
    resultsOf(names.indexOf(arm))
      .filter((_, at) => kept.has(at))
      .map(value)
  return { each, world: (arm, metric) => each(arm, (result) => worldValue(result, metric)) }
}

function judged<Name extends string>(draft: HypothesisDraft<Name>, seen: Seen<Name>): readonly Check[] {
  const claims = draft.claims(seen)
  const deciding = claims.filter(({ bound }) => bound !== undefined).length
  const chance = 0.05 / Math.max(1, deciding)
  const verdicts: Verdict[] = []
  const checks = claims.map(({ what, values, bound }): Check => {
    const interval = bootstrapInterval(values, median, { level: 1 - chance })
    const ours = estimateText(values, interval)
    if (bound === undefined) return { what, class: 'comparison', published: 'for comparison', ours }
    const verdict = verdictOf(interval, bound)
    verdicts.push(verdict)
    return { what, class: 'ordering', published: boundText(bound), ours, passed: verdict === 'supported', verdict }
  })
  const verdict = wholeVerdict(verdicts)
  const passed = verdict === 'supported'
  const whole = { what: draft.name.toUpperCase(), published: 'as stated', ours: verdict, passed, verdict }
  return [...checks, { ...whole, class: 'ordering' }]
}

function estimateText(values: readonly number[], { low, high }: Interval): string {
  const without = values.filter(Number.isNaN).length
  if (without > 0) return `no value in ${without} of ${values.length} runs`
  const interval = Number.isNaN(low) ? 'too few runs for an interval' : `[${short(low)}, ${short(high)}]`
  return `${short(median(values))} ${interval}, n = ${values.length}`
}

function boundText({ from = -Infinity, to = Infinity }: Bound): string {
  if (from === -Infinity) return `${short(to)} or less`
  return to === Infinity ? `${short(from)} or more` : `${short(from)} to ${short(to)}`
}

/** Each of the first over its partner of the second. */
export function ratios(first: readonly number[], second: readonly number[]): readonly number[] {
  return first.map((value, at) => value / (second[at] ?? NaN))
}

/** Each of the first less its partner of the second. */
export function differences(first: readonly number[], second: readonly number[]): readonly number[] {
  return first.map((value, at) => value - (second[at] ?? NaN))
}
