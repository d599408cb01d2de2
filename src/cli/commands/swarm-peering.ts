import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'

/** `swarm peering`: the peers that a running daemon stays connected to. */
export function buildPeering(cli: Cli): Command {
  const group = new Command('peering')
    .summary('stay connected to peers')
    .description(
      'Stay connected to peers, until the daemon stops. Peering.Peers of the config names those of every start.'
    )
  addAdd(group, cli)
  addList(group, cli)
  addRemove(group, cli)
  return group
}

function addAdd(group: Command, cli: Cli): void {
  const add = group
    .command('add')
    .summary('stay connected to peers')
    .description('Connect to peers, and again whenever the connection is lost.')
    .argument('<address...>', 'multiaddrs that end with /p2p/<peer id>')
    .addHelpText('after', '\nExample:\n  barter swarm peering add /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…')
  add.action(async (addresses: string[]) => {
    await cli.withService(add, 'daemon', async (service) => {
      if (cli.begin(add).json === true) {
        await printJson(cli, service, 'swarm/peering/add', addresses)
        return
      }
      for (const address of addresses) await cli.print(`add ${(await service.peeringAdd(address)).peer} success`)
    })
  })
}

function addList(group: Command, cli: Cli): void {
  const list = group
    .command('ls')
    .summary('list them')
    .description('List the peers that the daemon stays connected to, with their addresses.')
    .addHelpText('after', '\nExample:\n  barter swarm peering ls')
  list.action(async () => {
    await cli.withService(list, 'daemon', async (service) => {
      if (cli.begin(list).json === true) {
        await printJson(cli, service, 'swarm/peering/ls')
        return
      }
      const lines = (await service.peeringList()).flatMap(({ peer, addresses }) => [
        peer,
        ...addresses.map((address) => `\t${address}`)
      ])
      await printList(cli, lines, 'no peers to stay connected to')
    })
  })
}

function addRemove(group: Command, cli: Cli): void {
  const remove = group
    .command('rm')
    .summary('let go of peers')
    .description('Do not connect to peers again. Connections that are open stay open.')
    .argument('<peer...>', 'peer ids')
    .addHelpText('after', '\nExample:\n  barter swarm peering rm 12D3KooW…')
  remove.action(async (peers: string[]) => {
    await cli.withService(remove, 'daemon', async (service) => {
      if (cli.begin(remove).json === true) {
        await printJson(cli, service, 'swarm/peering/rm', peers)
        return
      }
      for (const peer of peers) await cli.print(`remove ${(await service.peeringRemove(peer)).peer} success`)
    })
  })
}
