/**
 * Makes `src/laboratory/reproduce/data/boxo-e1.ts` of runs of Boxo's own code. In this folder:
 *
 *   E1_RUNS=30 go test -count=1 . > /tmp/runs.ndjson
 *   E1_RUNS=5 E1_CLOCK=real go test -count=1 . >> /tmp/runs.ndjson
 *   node write-fixture.ts /tmp/runs.ndjson
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const FIXTURE = new URL('../../../src/laboratory/reproduce/data/boxo-e1.ts', import.meta.url)
const METRICS = ['ms', 'messagesSent', 'messagesReceived', 'duplicates'] as const

type Run = Readonly<Record<(typeof METRICS)[number], number>> & { readonly case: string; readonly clock: string }

const runs = readFileSync(process.argv[2] ?? '/dev/stdin', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('{'))
  // Lines of the Go program beside.
  .map((line) => JSON.parse(line) as Run)

function spread(name: string, clock: string, metric: (typeof METRICS)[number]): string {
  const values = runs
    .filter((run) => run.case === name && run.clock === clock)
    .map((run) => Math.round(run[metric]))
    .sort((a, b) => a - b)
  return [values[Math.floor(values.length / 2)], values[0], values.at(-1)].map(String).join(', ')
}

function linesOf(name: string): string[] {
  const rows = METRICS.map((metric) => {
    const [virtual, real] = ['virtual', 'real'].map((clock) => spread(name, clock, metric))
    return `    ${metric}: { virtual: [${String(virtual)}], real: [${String(real)}] }`
  })
  return [`  '${name}': {`, rows.join(',\n'), '  }']
}

const names = [...new Set(runs.map((run) => run.case))]
const counts = ['virtual', 'real'].map((clock) => runs.filter((run) => run.clock === clock).length / names.length)
const go = execFileSync('go', ['version'], { encoding: 'utf8' }).split(' ')[2] ?? ''
const boxo = /boxo (v\S+)/.exec(readFileSync(new URL('go.mod', import.meta.url), 'utf8'))?.[1] ?? ''

writeFileSync(
  FIXTURE,
  [
    '/** Median, least and most of the runs of one kind. */',
    'export type Spread = readonly [median: number, least: number, most: number]',
    '',
    '/** With a virtual clock nothing takes time but the way of messages; with a real one, what programs do as well. */',
    'export interface ByClock {',
    '  readonly virtual: Spread',
    '  readonly real: Spread',
    '}',
    '',
    'export interface BoxoCase {',
    ...METRICS.map((metric) => `  readonly ${metric}: ByClock`),
    '}',
    '',
    '/** Where the counts come from. */',
    'export const BOXO_E1_RUNS = {',
    `  boxo: '${boxo}',`,
    `  go: '${go}',`,
    `  date: '${new Date().toISOString().slice(0, 10)}',`,
    `  virtual: ${String(counts[0])},`,
    `  real: ${String(counts[1])}`,
    '} as const',
    '',
    "/** What the peer that fetches counted in Boxo's own code. Written by `test/interop/boxo-e1/write-fixture.ts`. */",
    'export const BOXO_E1: Readonly<Record<string, BoxoCase>> = {',
    names.map((name) => linesOf(name).join('\n')).join(',\n'),
    '}',
    ''
  ].join('\n')
)
