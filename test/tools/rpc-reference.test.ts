import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { ROUTES } from '../../src/api/server/routes.ts'
import { commandTable, REFERENCE, withTable } from './rpc-reference.ts'

it('docs/rpc.md tells of every command there is; node test/tools/rpc-reference.ts brings it up to date', async () => {
  const page = await readFile(REFERENCE, 'utf8')
  expect(page).toBe(withTable(page, await commandTable()))
})

it('names as missing what is missing', async () => {
  const [, rest = ''] = (await readFile(REFERENCE, 'utf8')).split('What Kubo has and Barter has not')
  const names = Array.from(rest.matchAll(/`([^`]+)`/gu), ([, name = '']) => name)
  expect(names).toContain('files')
  const paths = [...ROUTES.keys()]
  expect(names.filter((name) => paths.some((path) => path === name || path.startsWith(`${name}/`)))).toEqual([])
})
