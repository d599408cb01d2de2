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
    for (const word of ['no', 'yes', 'maybe', '']) {
      expect(() => read(`get --quiet=${word}`)).toThrow(`"${word}" is neither true nor false`)
    }
  })

  it('is read as Go reads it', () => {
    for (const word of ['1', 't', 'T', 'TRUE', 'True']) expect(read(`get -q=${word}`)).toBe('get -q')
    for (const word of ['0', 'f', 'F', 'FALSE', 'False']) expect(read(`get -q=${word}`)).toBe('get')
  })

  it('that is on by default says no as well, and never takes what follows for its value', async () => {
    const cli = createCli()
    const whole = await wholeProgram(cli, COMMANDS)
    cli.close()
    for (const [words, expected] of [
      ['add --pin=0 x', 'add x --no-pin'],
      ['add --pin x', 'add --pin x'],
      ['dag import --pin-roots=false x', 'dag import x --no-pin-roots'],
      ['ls --size=false x', 'ls x --no-size'],
      ['pin add -r=false x', 'pin add x --no-recursive']
    ] as const) {
      expect(readBooleans(words.split(' '), whole).toSorted()).toEqual(expected.split(' ').toSorted())
    }
    const taking = allCommands(whole).flatMap(({ words, command }) =>
      command.options.flatMap(({ optional, long }) => (optional ? [[...words, long].join(' ')] : []))
    )
    expect(taking, 'options whose value may be missing swallow a path').toEqual([])
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
