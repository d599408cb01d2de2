import { Argument, Command } from 'commander'
import type { Cli } from '../cli.ts'
import type { CommandEntry } from '../command-entry.ts'
import { completionScript, SHELLS, type Shell } from '../completion/completion-script.ts'
import { completionPlaces } from '../completion/completion-words.ts'
import { VALUE_SETS } from '../completion/value-sets.ts'
import { allCommands, wholeProgram } from '../whole-program.ts'

export function build(cli: Cli, all: readonly CommandEntry[]): Command {
  const command = new Command('completion')
    .summary('teach your shell the commands')
    .description('Print a script that completes the commands, options and values of this program.')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      '\nExample:\n  source <(barter completion bash)\n  barter completion zsh > "${fpath[1]}/_barter"\n' +
        '  barter completion fish > ~/.config/fish/completions/barter.fish'
    )
  return command.action(async (shell: Shell) => {
    await cli.write(completionScript(shell, completionPlaces(allCommands(await wholeProgram(cli, all)), VALUE_SETS)))
  })
}
