import { median } from '../statistics/quantile.ts'
import { SMALL_CASES, type SmallCase } from './a2-cases.ts'
import { runSmallCase, type Counts } from './a2-world.ts'
import { BOXO_E1, BOXO_E1_RUNS, type ByClock, type Spread } from './data/boxo-e1.ts'
import { short, type Check, type Reproduction } from './reproduction.ts'

const TOLERANCE = 0.1
/** The case with most peers takes longest; counts hardly differ from seed to seed. */
const MOST_SEEDS = 3

const METRICS = {
  duplicates: 'duplicates',
  messagesSent: 'messages sent',
  messagesReceived: 'messages received'
} as const

const { boxo, go, date, virtual, real } = BOXO_E1_RUNS

/** Found by comparing the messages of both, one by one. */
const REASONS: Readonly<Record<string, string>> = {
  messagesSent:
    "a message queue of Boxo's is off with the first want or cancel that it hears of, and rests; how much of one step is in " +
    'that message, and how much in the next, is a race of goroutines'
}

/** Boxo's session over Boxo's network, and ours that follows its rules over ours. */
export const a2: Reproduction = {
  name: 'a2',
  title: 'eighteen small cases: duplicates and messages of the peer that fetches',
  source:
    `bitswap/benchmarks_test.go of boxo ${boxo} (E1), run with ${go} on ${date}: ` +
    `${virtual} times with a virtual clock, ${real} times with a real one`,
  contradictions:
    'The benchmark puts "one peer per block" by lot; both programs here put it in turn. Its counter of duplicates stops with ' +
    'the last block; here all that comes is counted. With 200 peers in one process, Boxo counts 39,800 message queues, and ' +
    'rests two seconds between two messages.',
  run: async ({ seeds, signal }) => {
    const checks: Check[] = []
    for (const one of SMALL_CASES) {
      signal?.throwIfAborted()
      checks.push(...(await compared(one, seeds.slice(0, MOST_SEEDS))))
    }
    return checks
  }
}

async function compared(one: SmallCase, seeds: readonly number[]): Promise<Check[]> {
  const known = BOXO_E1[one.name]
  if (known === undefined) throw new Error(`nothing is known of "${one.name}"`)
  const runs: Counts[] = []
  for (const seed of seeds) {
    // Everybody is there and answers; a want that waits in a queue of Boxo's is not late yet.
    runs.push(await runSmallCase(one, { server: 'boxo-fair', client: 'boxo:timeouts=false', seed, asBoxo: true }))
  }
  return (['duplicates', 'messagesSent', 'messagesReceived'] as const).map((metric) => {
    const ours = median(runs.map((counts) => counts[metric]))
    const passed = isAsBoxo(known[metric], ours)
    const what = `${one.name}: ${METRICS[metric]}`
    const check = { what, class: 'ratio', published: shown(known[metric]), ours: short(ours), passed } as const
    const reason = REASONS[metric]
    return passed || reason === undefined ? check : { ...check, reason }
  })
}

/** Within a tenth of the median, or within what Boxo's own runs differ. */
function isAsBoxo({ virtual: one, real: other }: ByClock, ours: number): boolean {
  const isNear = ([middle, least, most]: Spread): boolean =>
    Math.abs(ours - middle) <= TOLERANCE * middle || (least <= ours && ours <= most)
  return isNear(one) || isNear(other)
}

function shown({ virtual: one, real: other }: ByClock): string {
  const text = ([middle, least, most]: Spread): string =>
    least === most ? `${middle}` : `${middle} (${least}–${most})`
  return text(one) === text(other) ? text(one) : `${text(one)}, real clock ${text(other)}`
}
