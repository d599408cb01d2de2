import type { Command } from 'commander'
import { SCENARIOS } from '../../../laboratory/scenarios/catalogue.ts'
import type { Cli } from '../../cli.ts'

export function addListCommand(group: Command, cli: Cli): void {
  const list = group
    .command('list')
    .summary('scenarios and strategies, a line each')
    .description('List what comes with the laboratory: scenarios, strategies of servers and clients, workloads.')
    .addHelpText('after', '\nExample:\n  barter lab list')
  list.action(async () => {
    if (cli.begin(list).json === true) {
      await cli.print(JSON.stringify({ Scenarios: SCENARIOS.map(({ name, about }) => ({ Name: name, About: about })) }))
      return
    }
    await cli.print('Scenarios')
    for (const { name, about } of SCENARIOS) await cli.print(`  ${name.padEnd(24)} ${about}`)
  })
}
