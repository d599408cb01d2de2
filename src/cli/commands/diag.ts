import { Command } from 'commander'
import { readDuration } from '../../api/formats/duration.ts'
import type { CommandRecord } from '../../api/service/diagnostics-service.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { columns } from '../columns.ts'
import { printJson } from '../print-json.ts'

export function build(cli: Cli): Command {
  const group = new Command('diag')
    .summary('see how the daemon is')
    .description('See how the daemon is, and what it is asked to do.')
  addCommands(group, cli)
  addSystem(group, cli)
  addHealthy(group, cli)
  return group
}

function addCommands(group: Command, cli: Cli): void {
  const commands = group
    .command('cmds')
    .summary('commands under way, and lately')
    .description('List the commands that the daemon works on, and those that ended lately.')
    .argument('[change]', 'clear: forget those that ended; set-time: keep them so long')
    .argument('[duration]', 'for set-time')
    .option('-v, --verbose', 'with their arguments and options')
    .addHelpText('after', '\nExample:\n  barter diag cmds --verbose\n  barter diag cmds set-time 10m')
  commands.action(async (change: string | undefined, duration: string | undefined, options: { verbose?: boolean }) => {
    await cli.withService(commands, 'daemon', async (service) => {
      const { diagnostics } = service
      if (change === 'clear') await diagnostics.clearCommands()
      else if (change === 'set-time') await diagnostics.keepCommands(durationOf(duration))
      else if (change !== undefined) throw new InvalidParametersError(`expected clear or set-time, not "${change}"`)
      else if (cli.begin(commands).json === true) {
        await printJson(cli, service, 'diag/cmds', [], { verbose: options.verbose === true })
      } else for (const line of table(await diagnostics.commands(), options.verbose === true)) await cli.print(line)
    })
  })
}

function addSystem(group: Command, cli: Cli): void {
  const system = group
    .command('sys')
    .summary('the machine and the process')
    .description('Show the machine, the process and its memory as JSON, for a report.')
    .addHelpText('after', '\nExample:\n  barter diag sys')
  system.action(async () => {
    await cli.withService(system, 'repo', (service) => printJson(cli, service, 'diag/sys'))
  })
}

function addHealthy(group: Command, cli: Cli): void {
  const healthy = group
    .command('healthy')
    .summary('whether the store works')
    .description('Write a block and read it. Ends with 0 when that works, as a check of a container does.')
    .addHelpText('after', '\nExample:\n  barter diag healthy --timeout 5s')
  healthy.action(async () => {
    await cli.withService(healthy, 'daemon', async (service) => {
      if (cli.begin(healthy).json === true) await printJson(cli, service, 'diag/healthy')
      else {
        await service.diagnostics.check({ signal: cli.signal })
        await cli.print('ok')
      }
    })
  })
}

function durationOf(text: string | undefined): number {
  if (text === undefined) throw new InvalidParametersError('set-time needs a duration such as 10m')
  return readDuration(text)
}

function table(records: readonly CommandRecord[], isVerbose: boolean): readonly string[] {
  const rows = records.map(({ command, args, options, startedAt, endedAt }) => [
    command,
    ...(isVerbose ? [args.join(','), JSON.stringify(options)] : []),
    endedAt === undefined ? 'true' : 'false',
    new Date(startedAt).toISOString(),
    endedAt === undefined ? '' : `${endedAt - startedAt}ms`
  ])
  const all = [['Command', ...(isVerbose ? ['Arguments', 'Options'] : []), 'Active', 'StartTime', 'RunTime'], ...rows]
  // What still runs has no last cell.
  return columns(all, { gap: 2 }).map((line) => line.trimEnd())
}
