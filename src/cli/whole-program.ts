import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import type { CommandEntry } from './command-entry.ts'
import { createProgram } from './program.ts'

/** The program with all of these commands loaded, to be looked through. Only one of them is needed to run one. */
export async function wholeProgram(cli: Cli, all: readonly CommandEntry[]): Promise<Command> {
  const program = createProgram()
  for (const entry of all) {
    if (entry.hidden !== true) program.addCommand((await entry.load()).build(cli, all))
  }
  return program
}

/** One command, and where it stands: its words after the name of the program. */
export interface CommandPlace {
  readonly words: readonly string[]
  readonly command: Command
}

/** The program and all commands below it. */
export function allCommands(command: Command, words: readonly string[] = []): readonly CommandPlace[] {
  return [{ words, command }, ...command.commands.flatMap((child) => allCommands(child, [...words, child.name()]))]
}
