import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { readBooleans } from '../../src/cli/boolean-flags.ts'
import { createCli } from '../../src/cli/cli.ts'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { allCommands, wholeProgram } from '../../src/cli/whole-program.ts'

const program = new Command('barter').option('--json').option('--api <address>')
program.command('get').option('-q, --quiet').option('--no-progress').option('-o, --output <path>').option('-r [yes]')

const read = (line: string): string => readBooleans(line.split(' '), program).join(' ')

describe('a flag with a value', () => {
  it.each([
    ['get --quiet=true x', 'get --quiet x'],
    ['get --quiet=false x', 'get x'],
    ['get -q=true', 'get -q'],
    ['get -q --quiet=false', 'get'],
    ['get --json=true', 'get --json'],
    ['--json=false get', 'get'],
    ['get --no-progress=true', 'get --no-progress'],
    ['get --no-progress=false', 'get'],
    ['get -o=false', 'get -o=false'],
    ['get -r=false', 'get -r=false'],
    ['--api get --quiet=false', '--api get --quiet=false'],
    ['get --output --json=false', 'get --output --json=false'],
    ['get -- --quiet=false', 'get -- --quiet=false'],
    ['get --unknown=false', 'get --unknown=false']
  ])('%s is read as %s', (line, expected) => {
    expect(read(line)).toBe(expected)
  })

  it('is refused where it is neither', () => {
    expect(() => read('get --quiet=no')).toThrow('"no" is neither true nor false')
  })

  it('may be any flag of any command', async () => {
    const cli = createCli()
    const whole = await wholeProgram(cli, COMMANDS)
    cli.close()
    const flags = allCommands(whole).flatMap(({ words, command }) =>
      command.options.flatMap((option) => (option.isBoolean() ? [[...words, `${option.long ?? ''}=true`]] : []))
    )
    expect(flags.length).toBeGreaterThan(50)
    for (const words of flags) expect(readBooleans(words, whole).join(' ')).toBe(words.join(' ').replace('=true', ''))
    // On by itself with CIDs of version 1: to leave it out would not say no.
    expect(readBooleans(['add', '--raw-leaves=false', 'x'], whole)).toEqual(['add', '--no-raw-leaves', 'x'])
  })
})
