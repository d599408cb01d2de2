/**
 * What the exchange does in figures. See benchmarks/README.md for how to read them, and how to be misled.
 *
 *   npm run bench:exchange -- [--rounds 3] [--only <regex>] [--quick] [--cold] [--json] [--cpu-prof <dir>] [--list]
 */
import { mkdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { largeAsTheyCome, largeBlocks, smallBlocks } from './bulk.ts'
import type { Group, Settings } from './context.ts'
import { dismissAll } from './crew.ts'
import { durablePut } from './durable-put.ts'
import { type Line, line } from './line.ts'
import { manyProviders } from './many-providers.ts'
import { manyWants } from './many-wants.ts'
import { oneByOne } from './one-by-one.ts'
import { table } from './table.ts'

const durable: Group = {
  name: 'durable',
  about: 'puts of 256 KiB that survive a power cut, 1 and 16 writers, against a bare loop',
  run: ({ rounds, say }) => {
    say('durable: all in turn')
    return durablePut(rounds)
  }
}

const GROUPS: readonly Group[] = [
  largeBlocks('noise'),
  largeBlocks('tls'),
  largeAsTheyCome(),
  smallBlocks(),
  oneByOne(),
  manyWants(),
  manyProviders(),
  durable
]

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    deadline: { type: 'string', default: '180' },
    'cpu-prof': { type: 'string' },
    quick: { type: 'boolean', default: false },
    cold: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false }
  }
})

async function run(settings: Settings, groups: readonly Group[]): Promise<readonly Line[]> {
  const lines: Line[] = []
  for (const group of groups) {
    try {
      lines.push(...(await group.run(settings)))
    } catch (error) {
      lines.push(line(group.name, '', { rounds: [], error: error instanceof Error ? error.message : String(error) }))
    }
  }
  return lines
}

async function main(): Promise<void> {
  const only = new RegExp(flags.only)
  const groups = GROUPS.filter(({ name, about }) => only.test(name) || (flags.only !== '' && only.test(about)))
  if (flags.list) {
    for (const { name, about } of GROUPS) console.log(`${name.padEnd(12)} ${about}`)
    return
  }
  const rounds = Number(flags.rounds)
  const deadlineMs = Number(flags.deadline) * 1000
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`--rounds ${flags.rounds}: expected 1 or more`)
  if (!(deadlineMs > 0)) throw new Error(`--deadline ${flags.deadline}: expected seconds`)
  if (groups.length === 0) throw new Error(`--only ${flags.only} matches nothing: see --list`)
  const profiles = flags['cpu-prof']
  if (profiles !== undefined) mkdirSync(profiles, { recursive: true })
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  const lines = await run({ rounds, quick: flags.quick, cold: flags.cold, deadlineMs, profiles, say }, groups)
  if (flags.json) {
    console.log(JSON.stringify(lines, undefined, 2))
    return
  }
  const sizes = flags.quick ? ', quick: sizes are too small to judge by' : ''
  console.log(
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${rounds} rounds${sizes}\n`
  )
  console.log(table(lines))
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void dismissAll(`was ended by ${signal}`).then(() => process.exit(1)))
}
await main()
