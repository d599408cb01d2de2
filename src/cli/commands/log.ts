import { Command } from 'commander'
import type { PeerService } from '../../api/service/peer-service.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { untilStopped } from '../until-stopped.ts'

export function build(cli: Cli): Command {
  const group = new Command('log')
    .summary('see the log, and how much of it')
    .description('See the log of a running daemon, and change how much is logged, until its next start.')
  addLevel(group, cli)
  addList(group, cli)
  addTail(group, cli)
  return group
}

function addLevel(group: Command, cli: Cli): void {
  const command = group
    .command('level')
    .summary('see or change what is logged')
    .description(
      'Show the level of a subsystem, or change it. Without a name: that of all which have none of their own; "all": each.'
    )
    .argument('[subsystem]', 'such as libp2p:tcp; it stands for all below it')
    .argument('[level]', 'trace, debug, info, warn, error, fatal, or default')
    .addHelpText(
      'after',
      '\nExamples:\n  barter log level barter info\n  barter log level libp2p debug\n  barter log level all'
    )
  command.action(async (subsystem?: string, level?: string) => {
    await cli.withService(command, 'daemon', async (service) => {
      const args = [subsystem, level].filter((arg) => arg !== undefined)
      if (cli.begin(command).json === true) await printJson(cli, service, 'log/level', args)
      else if (subsystem !== undefined && level !== undefined) {
        await service.log.setLevel(subsystem, level)
        await cli.print(`Changed log level of '${subsystem}' to '${level}'`)
        if (isFlood(subsystem, level))
          cli.hint(`libp2p tells much then: \`barter log level barter ${level}\` is enough for most`)
      } else {
        for (const [name, of] of await service.log.levels(subsystem)) await cli.print(`${name}: ${of}`)
      }
    })
  })
}

/** What fills the terminal of a daemon with the words of others. */
function isFlood(subsystem: string, level: string): boolean {
  return ['all', '*'].includes(subsystem) && ['trace', 'debug', 'info'].includes(level.toLowerCase())
}

function addList(group: Command, cli: Cli): void {
  const command = group
    .command('ls')
    .summary('list what logs')
    .description('List the subsystems that log.')
    .addHelpText('after', '\nExample:\n  barter log ls')
  command.action(async () => {
    await cli.withService(command, 'daemon', async (service) => {
      if (cli.begin(command).json === true) await printJson(cli, service, 'log/ls')
      else for (const name of await service.log.subsystems()) await cli.print(name)
    })
  })
}

function addTail(group: Command, cli: Cli): void {
  const command = group
    .command('tail')
    .summary('follow the log')
    .description('Show what is logged from now on, until Ctrl-C.')
    .option('--log-level <level>', 'nothing below this level')
    .addHelpText('after', '\nExample:\n  barter log tail --log-level warn --json')
  command.action(async ({ logLevel: level }: { logLevel?: string }) => {
    await cli.withService(command, 'daemon', async (service) => {
      const json = cli.begin(command).json === true
      const flags = level === undefined ? {} : { 'log-level': level }
      await untilStopped(cli, () =>
        json ? printJson(cli, service, 'log/tail', [], flags) : follow(cli, service, level)
      )
    })
  })
}

async function follow(cli: Cli, service: PeerService, least: string | undefined): Promise<void> {
  for await (const { at, level, subsystem, message, fields } of service.log.tail({
    signal: cli.signal,
    level: least
  })) {
    const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    await cli.print(`${new Date(at).toISOString()} ${level.toUpperCase()} ${subsystem}: ${message}${rest.join('')}`)
  }
}
