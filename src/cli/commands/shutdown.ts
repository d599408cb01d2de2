import { Command } from 'commander'
import type { Cli } from '../cli.ts'

export function build(cli: Cli): Command {
  const command = new Command('shutdown')
    .summary('stop the daemon')
    .description('Stop the daemon of this repo.')
    .addHelpText('after', '\nExample:\n  barter shutdown')
  return command.action(async () => {
    await cli.withService(command, 'daemon', async (service) => {
      await service.shutdown()
    })
  })
}
