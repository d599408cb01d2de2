import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { a1 } from '../../src/laboratory/reproduce/a1-exact-counters.ts'
import { SMALL_CASES } from '../../src/laboratory/reproduce/a2-cases.ts'
import { runSmallCase, type Counts } from '../../src/laboratory/reproduce/a2-world.ts'
import { createBench } from '../../src/laboratory/reproduce/bench.ts'

/**
 * What peers send and get in A1 and in the eighteen small cases, exactly. A change of any number is a change of behaviour:
 * look at it, and when it is meant write the table anew with `BARTER_UPDATE=1`; the difference is what a reviewer reads.
 */
const TABLE = new URL('exact-counters.json', import.meta.url)
const HOW =
  'if the change is meant, write the table anew: BARTER_UPDATE=1 npx vitest run test/laboratory/exact-counters.test.ts'
const isUpdate = process.env.BARTER_UPDATE === '1'

type Table = Record<string, Record<string, Counts | string>>

// A file that the same program wrote.
const known = isUpdate ? {} : (JSON.parse(readFileSync(TABLE, 'utf8')) as Table)
const counted: Table = {}

function compare(group: string, name: string, value: Counts | string): void {
  counted[group] = { ...counted[group], [name]: value }
  if (!isUpdate) expect(value, HOW).toEqual(known[group]?.[name])
}

test('A1', async () => {
  const checks = await a1.run(createBench({ workers: 1, seeds: [1] }))
  for (const { what, ours } of checks) compare('a1', what, ours)
})

// Boxo's session as A2 runs it, with Boxo's message queues; and our own with what it really has.
describe.each([
  ['boxo', { server: 'boxo-fair', client: 'boxo:timeouts=false', asBoxo: true }],
  ['barter', { server: 'debt-ratio', client: 'barter' }]
] as const)('%s', (group, options) => {
  test.each(SMALL_CASES.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    compare(group, name, await runSmallCase(one, options))
  })
})

test('the table is whole', () => {
  if (isUpdate) writeFileSync(TABLE, written(counted))
  else expect(namesOf(counted), HOW).toEqual(namesOf(known))
})

function namesOf(table: Table): string[] {
  return Object.entries(table).flatMap(([group, cases]) => Object.keys(cases).map((name) => `${group}: ${name}`))
}

/** One line a case: what changed is seen at a glance. */
function written(table: Table): string {
  const groups = Object.entries(table).map(([group, cases]) => {
    const lines = Object.entries(cases).map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    return `  ${JSON.stringify(group)}: {\n${lines.join(',\n')}\n  }`
  })
  return `{\n${groups.join(',\n')}\n}\n`
}
