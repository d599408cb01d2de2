import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { commandTable, REFERENCE, withTable } from './rpc-reference.ts'

it('docs/rpc.md tells of every command there is; node test/tools/rpc-reference.ts brings it up to date', async () => {
  const page = await readFile(REFERENCE, 'utf8')
  expect(page).toBe(withTable(page, await commandTable()))
})
