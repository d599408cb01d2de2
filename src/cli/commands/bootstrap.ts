import { Command } from 'commander'
import { InvalidParametersError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'

export function build(cli: Cli): Command {
  const group = new Command('bootstrap')
    .summary('see and change the peers to begin with')
    .description(
      'See and change the peers that this one connects to when it starts. "auto" stands for well-known ones.'
    )
  addList(group, cli)
  addAdd(group, cli)
  addRemove(group, cli)
  return group
}

function addList(group: Command, cli: Cli): void {
  const list = group
    .command('list', { isDefault: true })
    .summary('list them')
    .description('List the peers to begin with.')
    .addHelpText('after', '\nExample:\n  barter bootstrap list')
  list.action(async () => {
    await cli.withService(list, 'settings', async (service) => {
      if (cli.begin(list).json === true) await printJson(cli, service, 'bootstrap/list')
      else await printList(cli, await service.bootstrapList(), 'no peers to begin with')
    })
  })
}

function addAdd(group: Command, cli: Cli): void {
  const add = group
    .command('add')
    .summary('add some')
    .description('Add peers to begin with. A running daemon connects to them when it has few others.')
    .argument('<address...>', 'multiaddrs that end with /p2p/<peer id>, or auto')
    .addHelpText('after', '\nExample:\n  barter bootstrap add /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…')
  add.action(async (addresses: string[]) => {
    await cli.withService(add, 'settings', async (service) => {
      if (cli.begin(add).json === true) await printJson(cli, service, 'bootstrap/add', addresses)
      else for (const address of await service.bootstrapAdd(addresses)) await cli.print(`added ${address}`)
    })
  })
}

function addRemove(group: Command, cli: Cli): void {
  const remove = group
    .command('rm')
    .summary('remove some, or all')
    .description('Remove peers to begin with. Connections that are open stay open.')
    .argument('[address...]', 'as "bootstrap list" shows them, or /p2p/<peer id> for all of one peer')
    .option('--all', 'all of them')
    .addHelpText('after', '\nExample:\n  barter bootstrap rm --all')
  remove.action(async (addresses: string[], { all }: { all?: boolean }) => {
    if (all !== true && addresses.length === 0) throw new InvalidParametersError('name what to remove, or give --all')
    await cli.withService(remove, 'settings', async (service) => {
      if (cli.begin(remove).json === true) {
        await printJson(cli, service, 'bootstrap/rm', addresses, { all: all === true })
        return
      }
      const removed = await service.bootstrapRemove(all === true ? 'all' : addresses)
      const lines = removed.map((address) => `removed ${address}`)
      await printList(cli, lines, 'nothing to remove')
    })
  })
}
