import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runCase, SMALL_CASES, type Counts } from './small-cases.ts'

/**
 * What the strategies send and get in eighteen small cases, exactly. A change of any count is a change of behaviour: look
 * at it, and when it is meant write the table anew with `BARTER_UPDATE=1`; the difference is what a reviewer reads.
 */
const TABLE = new URL('small-cases.json', import.meta.url)
const isUpdate = process.env.BARTER_UPDATE === '1'

type Table = Record<string, Record<string, Counts>>

// A file that the same program wrote.
const known = isUpdate ? {} : (JSON.parse(readFileSync(TABLE, 'utf8')) as Table)

describe.each(['boxo', 'barter'])('%s', (client) => {
  const counted: Record<string, Counts> = {}

  test.each(SMALL_CASES.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    counted[name] = await runCase(client, one)
    if (!isUpdate) expect(counted[name]).toEqual(known[client]?.[name])
  })

  test('the table is whole', () => {
    if (isUpdate) {
      known[client] = counted
      writeFileSync(TABLE, written(known))
    }
    expect(Object.keys(known[client] ?? {})).toEqual(SMALL_CASES.map(({ name }) => name))
  })
})

/** One line a case: what changed is seen at a glance. */
function written(table: Table): string {
  const clients = Object.entries(table).map(([client, cases]) => {
    const lines = Object.entries(cases).map(
      ([name, counts]) => `    ${JSON.stringify(name)}: ${JSON.stringify(counts)}`
    )
    return `  ${JSON.stringify(client)}: {\n${lines.join(',\n')}\n  }`
  })
  return `{\n${clients.join(',\n')}\n}\n`
}
