import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import type { CommandEntry } from '../command-entry.ts'
import { allCommands, wholeProgram } from '../whole-program.ts'

export function build(cli: Cli, all: readonly CommandEntry[]): Command {
  const command = new Command('commands')
    .summary('list all commands')
    .description('List all commands of this program.')
    .option('-f, --flags', 'with their options')
    .addHelpText('after', '\nExample:\n  barter commands --flags')
  return command.action(async ({ flags }: { flags?: boolean }) => {
    const places = allCommands(await wholeProgram(cli, all))
    const lines = places.flatMap(({ words, command: { options } }) => {
      const name = ['barter', ...words].join(' ')
      const names = flags === true ? options.flatMap(({ short, long }) => [short, long]) : []
      return [name, ...names.filter((one) => one !== undefined).map((one) => `${name} ${one}`)]
    })
    if (cli.begin(command).json === true) await cli.print(JSON.stringify(lines))
    else for (const line of lines) await cli.print(line)
  })
}
