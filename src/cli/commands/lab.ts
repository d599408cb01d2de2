import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { addDiffCommand } from './lab/diff.ts'
import { addListCommand } from './lab/list.ts'
import { addReplayCommand } from './lab/replay.ts'
import { addReportCommand } from './lab/report.ts'
import { addReproduceCommand } from './lab/reproduce.ts'
import { addRunCommand } from './lab/run.ts'
import { addTournamentCommand } from './lab/tournament.ts'

export function build(cli: Cli): Command {
  const group = new Command('lab')
    .summary('compare exchange strategies in virtual time')
    .description(
      'Run whole swarms of this very exchange in virtual time, and compare strategies. Same scenario, same seed, same result.'
    )
  addRunCommand(group, cli)
  addReportCommand(group, cli)
  addDiffCommand(group, cli)
  addReproduceCommand(group, cli)
  addTournamentCommand(group, cli)
  addReplayCommand(group, cli)
  addListCommand(group, cli)
  return group
}
