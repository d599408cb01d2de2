/**
 * Barter and Boxo side by side, each as provider and as consumer. See the README beside this file for how to read it.
 *
 *   npm run bench:interop -- [--rounds 3] [--only <regex>] [--quick] [--json] [--deadline <s>] [--list]
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { boxo } from '../../test/interop/boxo/boxo-kind.ts'
import type { Group, Settings } from '../exchange/context.ts'
import { dismissAll } from '../exchange/crew.ts'
import { type Line, line } from '../exchange/line.ts'
import { table } from '../exchange/table.ts'
import { BULK } from './bulk.ts'
import { MANY_PROVIDERS } from './many-providers.ts'
import { ONE_BY_ONE } from './one-by-one.ts'

const GROUPS: readonly Group[] = [...BULK, ONE_BY_ONE, MANY_PROVIDERS]

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    deadline: { type: 'string', default: '120' },
    quick: { type: 'boolean', default: false },
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
  const why = await boxo.available()
  if (why !== undefined) throw new Error(`Boxo cannot be measured here: ${why}`)
  await boxo.prepare()
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  const { quick, json } = flags
  const lines = await run({ rounds, quick, cold: false, deadlineMs, profiles: undefined, say }, groups)
  if (json) {
    console.log(JSON.stringify(lines, undefined, 2))
    return
  }
  const sizes = quick ? ', quick: sizes are too small to judge by' : ''
  console.log(
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${rounds} rounds${sizes}\n` +
      'provider→consumer\n'
  )
  console.log(table(lines))
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void dismissAll(`was ended by ${signal}`).then(() => process.exit(1)))
}
await main()
