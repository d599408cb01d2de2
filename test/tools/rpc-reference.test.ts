import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { ROUTES } from '../../src/api/server/routes.ts'
import { createCli } from '../../src/cli/cli.ts'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { allCommands, wholeProgram } from '../../src/cli/whole-program.ts'
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

it('names as missing no flag that the help tells of', async () => {
  const [, rest = ''] = (await readFile(REFERENCE, 'utf8')).split('| flags | |')
  const [table = ''] = rest.split('\n\n')
  const firstCells = table.split('\n').map((row) => row.split(' | ')[0] ?? '')
  const named = firstCells.flatMap((cell) => {
    let command = ''
    return Array.from(
      cell.matchAll(/`(?<words>[a-z ]*)(?<flag>-[\w-]+)(?<value>=[^`]*)?[^`]*`/gu),
      ({ groups = {} }) => {
        command = groups['words']?.trim() || command
        // Of a flag that is there, one value may be missing.
        return groups['value'] === undefined ? `${command} ${groups['flag'] ?? ''}`.trim() : ''
      }
    ).filter((flag) => flag !== '')
  })
  expect(named).toContain('add --dereference-symlinks')
  const cli = createCli()
  const places = allCommands(await wholeProgram(cli, COMMANDS))
  cli.close()
  const offered = places.flatMap(({ words, command }) =>
    command.options
      .filter(({ hidden }) => !hidden)
      .flatMap(({ long, short }) => [long, short].map((flag) => [...words, flag ?? ''].join(' ')))
  )
  expect(named.filter((flag) => offered.includes(flag))).toEqual([])
})
