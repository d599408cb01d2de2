import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { readHelp } from '../../src/cli/help-words.ts'
import { barter } from '../support/barter.ts'

const program = new Command('barter').option('--json').option('--api <address>')
const pin = program.command('pin')
pin.command('ls').option('-q, --quiet').argument('[path]')
const config = program.command('config').argument('[key]')
config.command('show')

const read = (line: string): string => readHelp(line.split(' '), program).join(' ')

describe('help', () => {
  it.each([
    ['help', '--help'],
    ['help pin', 'pin --help'],
    ['help pin ls', 'pin ls --help'],
    ['pin help ls', 'pin ls --help'],
    ['--api help help pin', '--api help pin --help'],
    ['--json help pin ls -q', '--json pin ls --help -q'],
    ['help nope', 'nope'],
    ['nope --help', 'nope'],
    ['help pin nope', 'pin nope'],
    ['pin nope -h', 'pin nope'],
    ['pin ls --help', 'pin ls --help'],
    ['pin ls help', 'pin ls help'],
    ['config help', 'config help'],
    ['config Some.Key --help', 'config Some.Key --help'],
    ['pin -- help', 'pin -- help']
  ])('%s is read as %s', (line, expected) => {
    expect(read(line)).toBe(expected)
  })

  it('on a command is that of the command, and on none an error that names the nearest', async () => {
    const asked = await barter(['help', 'pin', 'ls'])
    expect(asked).toEqual(await barter(['pin', 'ls', '--help']))
    expect([asked.code, asked.stdout.split('\n')[0]]).toEqual([0, 'Usage: barter pin ls [options] [path...]'])
    for (const words of [
      ['help', 'pni'],
      ['pni', '--help']
    ]) {
      expect(await barter(words)).toEqual({
        code: 1,
        stdout: '',
        stderr: "Error: unknown command 'pni'\n(Did you mean pin?)\nTry --help.\n"
      })
    }
  })
})
