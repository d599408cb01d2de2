import { Command } from 'commander'
import { ApiError } from '../../api/api-error.ts'
import type { IdInfo } from '../../api/service/id-info.ts'
import type { SwarmPeer } from '../../api/service/peer-service.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'
import { addResources, buildFilters } from './swarm-filters.ts'
import { buildPeering } from './swarm-peering.ts'

interface PeersOptions {
  readonly verbose?: boolean
  readonly latency?: boolean
  readonly direction?: boolean
  readonly streams?: boolean
  readonly identify?: boolean
}

export function build(cli: Cli): Command {
  const group = new Command('swarm')
    .summary('connect to peers, and see them')
    .description('Connect to peers, and see them. These commands need a running daemon.')
  addConnect(group, cli)
  addDisconnect(group, cli)
  addPeers(group, cli)
  addAddresses(group, cli)
  group.addCommand(buildPeering(cli))
  group.addCommand(buildFilters(cli))
  addResources(group, cli)
  return group
}

function addConnect(group: Command, cli: Cli): void {
  const connect = group
    .command('connect')
    .summary('connect to peers')
    .description('Connect to peers.')
    .argument('<address...>', 'multiaddrs that end with /p2p/<peer id>')
    .addHelpText('after', '\nExample:\n  barter swarm connect /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…')
  connect.action(async (addresses: string[]) => {
    await cli.withService(connect, 'daemon', async (service) => {
      if (cli.begin(connect).json === true) {
        await printJson(cli, service, 'swarm/connect', addresses)
        return
      }
      for (const address of addresses) {
        const { peer, error } = await service.swarmConnect(address, { signal: cli.signal })
        if (error !== undefined) throw new ApiError('command', `connect ${peer} failure: ${error}`)
        await cli.print(`connect ${peer} success`)
      }
    })
  })
}

function addDisconnect(group: Command, cli: Cli): void {
  const disconnect = group
    .command('disconnect')
    .summary('close connections to peers')
    .description('Close connections to peers.')
    .argument('<address...>', 'peer ids, or multiaddrs that end with one')
    .addHelpText('after', '\nExample:\n  barter swarm disconnect 12D3KooW…')
  disconnect.action(async (addresses: string[]) => {
    await cli.withService(disconnect, 'daemon', async (service) => {
      if (cli.begin(disconnect).json === true) {
        await printJson(cli, service, 'swarm/disconnect', addresses)
        return
      }
      for (const address of addresses) {
        const { peer, error } = await service.swarmDisconnect(address, { signal: cli.signal })
        await cli.print(`disconnect ${peer} ${error === undefined ? 'success' : `failure: ${error}`}`)
      }
    })
  })
}

function addPeers(group: Command, cli: Cli): void {
  const peers = group
    .command('peers')
    .summary('list the connections')
    .description('List the connections to peers.')
    .option('-v, --verbose', 'all of the below')
    .option('--latency', 'round-trip times')
    .option('--direction', 'who opened the connection')
    .option('--streams', 'protocols in use')
    .option('--identify', 'what they told of themselves')
    .addHelpText('after', '\nExample:\n  barter swarm peers --verbose')
  peers.action(async (options: PeersOptions) => {
    await cli.withService(peers, 'daemon', async (service) => {
      if (cli.begin(peers).json === true) {
        await printJson(cli, service, 'swarm/peers', [], { ...options })
        return
      }
      const sorted = [...(await service.swarmPeers())].sort((a, b) => (a.address < b.address ? -1 : 1))
      const told = shows(options, 'identify') ? await service.network.identify() : new Map<string, IdInfo>()
      const lines = sorted.flatMap((peer) => peerLines(peer, options, told.get(peer.peer)))
      await printList(cli, lines, 'no peers connected')
    })
  })
}

function addAddresses(group: Command, cli: Cli): void {
  const addresses = group
    .command('addrs')
    .summary('addresses of peers')
    .description('List the addresses of known peers, or with "local" those of this one.')
    .argument('[which]', 'local, or listen')
    .option('--id', 'with "local": with /p2p/<peer id> at the end')
    .addHelpText('after', '\nExample:\n  barter swarm addrs local --id')
  addresses.action(async (which: string | undefined, { id }: { id?: boolean }) => {
    await cli.withService(addresses, 'daemon', async (service) => {
      if (which !== undefined && which !== 'local' && which !== 'listen') {
        throw new InvalidParametersError(`expected local or listen, not "${which}"`)
      }
      if (id === true && which !== 'local') throw new InvalidParametersError('--id is for "swarm addrs local"')
      if (cli.begin(addresses).json === true) {
        const path = which === undefined ? 'swarm/addrs' : `swarm/addrs/${which}`
        await printJson(cli, service, path, [], { id: id === true })
        return
      }
      if (which !== undefined) {
        const own =
          which === 'listen'
            ? await service.swarmListenAddresses()
            : await service.swarmLocalAddresses({ id: id === true })
        await printList(cli, [...own].sort(), 'no addresses')
        return
      }
      const lines = [...(await service.swarmAddresses())].flatMap(([peer, known]) => [
        `${peer} (${known.length})`,
        ...known.map((address) => `\t${address}`)
      ])
      await printList(cli, lines, 'no peers known')
    })
  })
}

function shows(options: PeersOptions, part: keyof PeersOptions): boolean {
  return options.verbose === true || options[part] === true
}

function peerLines(peer: SwarmPeer, options: PeersOptions, told: IdInfo | undefined): readonly string[] {
  const latency = peer.latencyMs === undefined ? 'n/a' : `${Number(peer.latencyMs.toFixed(3))}ms`
  const words = [
    `${peer.address}/p2p/${peer.peer}`,
    ...(shows(options, 'latency') ? [latency] : []),
    ...(shows(options, 'direction') ? [peer.direction] : [])
  ]
  const streams = shows(options, 'streams') ? peer.streams : []
  const about = told === undefined ? [] : [`Agent Version: ${told.agentVersion}`, ...told.protocols]
  return [words.join(' '), ...[...streams, ...about].map((line) => `  ${line}`)]
}
