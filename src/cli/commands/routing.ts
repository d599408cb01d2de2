import { Command } from 'commander'
import type { RoutingEvent } from '../../api/service/routing-service.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'
import { wholeNumber } from '../whole-number.ts'

interface FindOptions {
  readonly verbose?: boolean
  readonly numProviders: number
}

export function build(cli: Cli): Command {
  const group = new Command('routing')
    .summary('ask who has what, and tell others')
    .description('Ask the routing systems who has what, and tell them. These commands need a running daemon.')
  addFindProviders(group, cli)
  addFindPeer(group, cli)
  addProvide(group, cli)
  return group
}

function addFindProviders(group: Command, cli: Cli): void {
  const find = group
    .command('findprovs')
    .summary('find peers that have a block')
    .description('Find peers that say they have a block, by its CID.')
    .argument('<cid>')
    .option('-n, --num-providers <count>', 'stop when so many were found', wholeNumber(1), 20)
    .option('-v, --verbose', 'with their addresses, and what went wrong')
    .addHelpText('after', '\nExample:\n  barter routing findprovs -n 5 bafybei…')
  find.action(async (cid: string, options: FindOptions) => {
    const count = options.numProviders
    await cli.withService(find, 'daemon', async (service) => {
      if (cli.begin(find).json === true) {
        await printJson(cli, service, 'routing/findprovs', [cid], { 'num-providers': count })
        return
      }
      const found = service.routing.findProviders(cid, { count, signal: cli.signal })
      await printList(cli, providerLines(found, options.verbose === true), 'no providers found')
    })
  })
}

function addFindPeer(group: Command, cli: Cli): void {
  const find = group
    .command('findpeer')
    .summary('find the addresses of a peer')
    .description('Find the addresses of a peer.')
    .argument('<peer>', 'a peer id')
    .addHelpText('after', '\nExample:\n  barter routing findpeer 12D3KooW…')
  find.action(async (peer: string) => {
    await cli.withService(find, 'daemon', async (service) => {
      if (cli.begin(find).json === true) await printJson(cli, service, 'routing/findpeer', [peer])
      else {
        const { addresses } = await service.routing.findPeer(peer, { signal: cli.signal })
        for (const address of addresses) await cli.print(address)
      }
    })
  })
}

function addProvide(group: Command, cli: Cli): void {
  const provide = group
    .command('provide')
    .summary('tell others that this peer has a block')
    .description('Tell the routing systems now that this peer has a block, and wait until they are told.')
    .argument('<cid...>', 'of blocks that are here')
    .option('-r, --recursive', 'and all that is below it')
    .option('-v, --verbose', 'name the peers that wrote it down')
    .addHelpText('after', '\nExample:\n  barter routing provide bafybei…')
  provide.action(async (cids: string[], { recursive, verbose }: { recursive?: boolean; verbose?: boolean }) => {
    const all = recursive === true
    await cli.withService(provide, 'daemon', async (service) => {
      if (cli.begin(provide).json === true) {
        await printJson(cli, service, 'routing/provide', cids, { recursive: all })
        return
      }
      for await (const event of service.routing.provide(cids, { recursive: all, signal: cli.signal })) {
        if (verbose === true && event.type === 'final-peer') {
          await cli.print(`sending provider record to peer ${event.peer.id}`)
        }
      }
    })
  })
}

async function* providerLines(events: AsyncIterable<RoutingEvent>, isVerbose: boolean): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type === 'error') {
      if (isVerbose) yield `error: ${event.message}`
      continue
    }
    yield isVerbose ? `provider: ${event.peer.id}` : event.peer.id
    if (isVerbose) for (const address of event.peer.addresses) yield `\t${address}`
  }
}
