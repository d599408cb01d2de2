import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import { PROJECT } from '../../tools/source-tree.ts'

/** Names of all fields, at any depth. */
function fieldsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([name, below]) => [name, ...fieldsOf(below)])
}

test('docs/laboratory.md names every field of a scenario', async () => {
  const text = await readFile(join(PROJECT, 'docs', 'laboratory.md'), 'utf8')
  const missing = fieldsOf(readScenario({ name: 'x', churn: {} })).filter((name) => !text.includes(name))
  expect(missing).toEqual([])
})
