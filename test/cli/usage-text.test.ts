import { Argument, Command, Option } from 'commander'
import { expect, it } from 'vitest'
import { usageText } from '../../src/cli/usage-text.ts'
import { wholeNumber } from '../../src/cli/whole-number.ts'

/** What the library says of a command line, in our words. */
function told(args: readonly string[]): string {
  let said = ''
  const command = new Command('try')
    .addOption(new Option('--version <number>').choices(['0', '1']))
    .option('-n, --count <count>', '', wholeNumber(1))
    .addArgument(new Argument('[shell]').choices(['bash', 'zsh']))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, outputError: (text) => (said += usageText(text)) })
  expect(() => command.parse(args, { from: 'user' })).toThrow()
  return said.trimEnd()
}

it.each([
  [['--version', '2'], 'Error: --version is "2": expected one of 0, 1'],
  [['-n', "it's"], 'Error: --count is "it\'s": expected a whole number, 1 or more'],
  [['tcsh'], 'Error: <shell> is "tcsh": expected one of bash, zsh'],
  [['--nope'], "Error: unknown option '--nope'"]
])('%j is refused in our own words', (args, words) => expect(told(args)).toBe(words))
