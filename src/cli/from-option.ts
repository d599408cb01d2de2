import type { Command } from 'commander'
import type { ReadOptions } from '../api/peer-service.ts'
import type { Cli } from './cli.ts'
import type { ServiceNeed } from './global-options.ts'

export interface FromOptions {
  readonly from?: readonly string[]
}

/** Lets a command that reads content be told whom to ask first. */
export function addFromOption(command: Command): Command {
  const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    value
  ]
  return command.option('--from <multiaddr>', 'ask this peer first (may be given several times)', collect)
}

/** Without a daemon and without `--from` nobody is connected: what is not in the repo cannot come from anywhere. */
export function needOf({ from }: FromOptions): ServiceNeed {
  return from === undefined ? 'repo' : 'peers'
}

/** How content is to be read, as the command line says. */
export function readOptions(cli: Cli, command: Command, { from }: FromOptions): ReadOptions {
  return { signal: cli.signal, offline: cli.begin(command).offline === true, from: from ?? [] }
}
