/**
 * How fast the laboratory's worlds are, and how large. See benchmarks/README.md for how to read it.
 *
 *   npm run bench:lab -- [--rounds 1] [--only <regex>] [--large] [--deadline 1800] [--json] [--list]
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { strategyByName } from '../../src/engine/strategies/by-name.ts'
import { runCell } from '../../src/laboratory/run-cell.ts'
import { readScenario } from '../../src/laboratory/scenario/read-scenario.ts'
import { SCENARIOS } from '../../src/laboratory/scenarios/catalogue.ts'
import { type Line, line, type Target } from '../exchange/line.ts'
import { table } from '../exchange/table.ts'
import { type CrowdFigures, type CrowdWork, measureCrowd } from './crowd-figures.ts'

const GIB = 1024 ** 3

interface Group {
  readonly name: string
  readonly about: string
  readonly isLarge: boolean
  run(rounds: number, deadlineMs: number): Promise<readonly Line[]>
}

interface Figure {
  readonly name: string
  readonly unit: string
  readonly of: (figures: CrowdFigures) => number
  readonly target?: Target
}

/** Runs a world `rounds` times, each with a seed of its own. */
function crowd(about: string, work: Omit<CrowdWork, 'seed'>, heapMiB: number, figures: readonly Figure[]): Group {
  const name = `${work.peers.toLocaleString('en')} × ${work.megabytes} MB`
  const run: Group['run'] = async (rounds, deadlineMs) => {
    const measured: CrowdFigures[] = []
    for (let seed = 1; seed <= rounds; seed++) {
      process.stderr.write(`${name}, seed ${seed}\n`)
      measured.push(await measureCrowd({ ...work, seed }, heapMiB, deadlineMs))
    }
    const [first] = measured
    return figures.map(({ name: what, unit, of, target }) =>
      line(`${name}: ${what}`, unit, { rounds: measured.map(of) }, target ?? null, { ...first })
    )
  }
  return { name, about, isLarge: work.peers > 1_000, run }
}

const seconds: Omit<Figure, 'target'> = { name: 'time', unit: 's', of: ({ fetchMs }) => fetchMs / 1_000 }
const memory: Omit<Figure, 'target'> = { name: 'memory', unit: 'GiB', of: ({ peakBytes }) => peakBytes / GIB }
const rate: Figure = {
  name: 'messages',
  unit: 'messages/s',
  of: ({ messages, fetchMs }) => (messages * 1_000) / fetchMs
}
const sizes: readonly Figure[] = [
  { name: 'a peer', unit: 'bytes', of: ({ bytesPerPeer }) => bytesPerPeer },
  { name: 'a connected pair', unit: 'bytes', of: ({ bytesPerPair }) => bytesPerPair },
  { name: 'a pair at the end', unit: 'bytes', of: ({ bytesPerPairAtTheEnd }) => bytesPerPairAtTheEnd }
]

async function experiment(rounds: number): Promise<readonly Line[]> {
  const scenario = readScenario(SCENARIOS.find(({ name }) => name === 'waves') ?? {})
  const taken: number[] = []
  for (let seed = 1; seed <= rounds; seed++) {
    const cell = { scenario, server: 'fifo', client: 'barter', seed }
    const stopwatch = (): number => performance.now()
    const { wallMs } = await runCell(
      cell,
      { server: strategyByName('fifo'), client: undefined },
      { stopwatch, detail: 'world' }
    )
    taken.push(wallMs / 1_000)
  }
  return [line('30 nodes in ten waves: time', 's', { rounds: taken }, { at: 'most', value: 2 })]
}

const GROUPS: readonly Group[] = [
  { name: 'experiment', about: '29 leeches in ten waves, as published', isLarge: false, run: experiment },
  crowd('how many messages a core deals with', { peers: 300, degree: 20, megabytes: 10 }, 2_048, [
    { ...rate, target: { at: 'least', value: 100_000 } },
    ...sizes
  ]),
  crowd('a thousand peers', { peers: 1_000, degree: 20, megabytes: 10 }, 4_096, [
    { ...seconds, target: { at: 'most', value: 15 } },
    rate,
    memory,
    ...sizes
  ]),
  crowd('ten thousand peers', { peers: 10_000, degree: 20, megabytes: 10 }, 7_680, [
    { ...seconds, target: { at: 'most', value: 120 } },
    { ...memory, target: { at: 'most', value: 8 } },
    rate,
    ...sizes
  ]),
  crowd('a hundred thousand peers', { peers: 100_000, degree: 20, megabytes: 1 }, 15_360, [
    { ...memory, target: { at: 'most', value: 16 } },
    seconds,
    rate,
    ...sizes
  ])
]

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    deadline: { type: 'string', default: '1800' },
    large: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false }
  }
})

async function main(): Promise<void> {
  const only = new RegExp(flags.only)
  const groups = GROUPS.filter(({ name, about, isLarge }) => (flags.large || !isLarge) && only.test(`${name} ${about}`))
  if (flags.list) {
    for (const { name, about, isLarge } of GROUPS)
      console.log(`${name.padEnd(16)} ${about}${isLarge ? ' (--large)' : ''}`)
    return
  }
  const [rounds, deadlineMs] = [Number(flags.rounds), Number(flags.deadline) * 1_000]
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`--rounds ${flags.rounds}: expected 1 or more`)
  if (!(deadlineMs > 0)) throw new Error(`--deadline ${flags.deadline}: expected seconds`)
  if (groups.length === 0) throw new Error(`--only ${flags.only} matches nothing: see --list, and --large`)
  const lines: Line[] = []
  for (const group of groups) {
    try {
      lines.push(...(await group.run(rounds, deadlineMs)))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      lines.push(line(group.name, '', { rounds: [], error: why }))
    }
  }
  if (flags.json) console.log(JSON.stringify(lines, undefined, 2))
  else console.log(`Node ${process.versions.node}, ${cpus()[0]?.model ?? 'CPU'}, ${rounds} rounds\n\n${table(lines)}`)
}

await main()
