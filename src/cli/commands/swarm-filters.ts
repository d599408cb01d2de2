import { Command } from 'commander'
import type { ResourceInfo } from '../../api/service/network-service.ts'
import type { Cli } from '../cli.ts'
import { columns } from '../columns.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'

/** `swarm filters`: addresses that are neither dialled nor accepted. */
export function buildFilters(cli: Cli): Command {
  const group = new Command('filters')
    .summary('addresses to keep away from')
    .description(
      'See and change the addresses that are neither dialled nor accepted, until the daemon stops. Swarm.AddrFilters of ' +
        'the config names those of every start.'
    )
  const list = group
    .command('ls', { isDefault: true })
    .summary('list them')
    .description('List the filters.')
    .addHelpText('after', '\nExample:\n  barter swarm filters')
  list.action(async () => {
    await cli.withService(list, 'daemon', async (service) => {
      if (cli.begin(list).json === true) await printJson(cli, service, 'swarm/filters')
      else await printList(cli, await service.network.filters(), 'no filters')
    })
  })
  addChange(group, cli, 'add')
  addChange(group, cli, 'rm')
  return group
}

function addChange(group: Command, cli: Cli, name: 'add' | 'rm'): void {
  const change = group
    .command(name)
    .summary(name === 'add' ? 'keep away from more' : 'keep away no longer')
    .description(
      name === 'add' ? 'Add filters. Connections that are open stay open.' : 'Remove filters, or all of them.'
    )
    .argument('<mask...>', name === 'add' ? 'ranges of addresses' : 'as "swarm filters" shows them, or all')
    .addHelpText('after', `\nExample:\n  barter swarm filters ${name} /ip4/10.0.0.0/ipcidr/8`)
  change.action(async (masks: string[]) => {
    await cli.withService(change, 'daemon', async (service) => {
      if (cli.begin(change).json === true) {
        await printJson(cli, service, `swarm/filters/${name}`, masks)
        return
      }
      const changed =
        name === 'add'
          ? await service.network.addFilters(masks)
          : await service.network.removeFilters(masks[0] === 'all' ? 'all' : masks)
      for (const mask of changed) await cli.print(mask)
    })
  })
}

export function addResources(group: Command, cli: Cli): void {
  const resources = group
    .command('resources')
    .summary('connections and streams, and their limits')
    .description('Show how many connections and streams are open, and how many there may be.')
    .addHelpText('after', '\nExample:\n  barter swarm resources')
  resources.action(async () => {
    await cli.withService(resources, 'daemon', async (service) => {
      if (cli.begin(resources).json === true) await printJson(cli, service, 'swarm/resources')
      else for (const line of resourceLines(await service.network.resources())) await cli.print(line)
    })
  })
}

function resourceLines(resources: readonly ResourceInfo[]): readonly string[] {
  const cells = resources.map(({ name, used, limit }) => [
    'system',
    name,
    limit === undefined ? 'unlimited' : String(limit),
    String(used),
    limit === undefined ? 'n/a' : `${((used * 100) / limit).toFixed(1)}%`
  ])
  const heading = ['Scope', 'Limit Name', 'Limit Value', 'Limit Usage Amount', 'Limit Usage Percent']
  return columns([heading, ...cells], { gap: 2 })
}
