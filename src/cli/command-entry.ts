import type { Command } from 'commander'
import type { Cli } from './cli.ts'

/** A file of `commands/`: it makes its command, with options and examples, when that was chosen. */
export interface CommandModule {
  /** `all` is the table that the command stands in, for those that tell of the others. */
  build(cli: Cli, all: readonly CommandEntry[]): Command
}

export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly hidden?: boolean
  load(): Promise<CommandModule>
}
