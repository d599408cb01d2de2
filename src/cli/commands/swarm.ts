import { Command } from 'commander'
import { ApiError } from '../../api/api-error.ts'
import type { SwarmPeer } from '../../api/peer-service.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { buildPeering } from './swarm-peering.ts'

interface PeersOptions {
  readonly verbose?: boolean
  readonly latency?: boolean
  readonly direction?: boolean
  readonly streams?: boolean
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
    .addHelpText('after', '\nExample:\n  barter swarm peers --verbose')
  peers.action(async (options: PeersOptions) => {
    await cli.withService(peers, 'daemon', async (service) => {
      if (cli.begin(peers).json === true) {
        await printJson(cli, service, 'swarm/peers', [], { verbose: options.verbose === true })
        return
      }
      const sorted = [...(await service.swarmPeers())].sort((a, b) => (a.address < b.address ? -1 : 1))
      for (const peer of sorted) for (const line of peerLines(peer, options)) await cli.print(line)
    })
  })
}

function addAddresses(group: Command, cli: Cli): void {
  const addresses = group
    .command('addrs')
    .summary('addresses of peers')
    .description('List the addresses of known peers, or with "local" those of this one.')
    .argument('[which]', 'local')
    .option('--id', 'with /p2p/<peer id> at the end')
    .addHelpText('after', '\nExample:\n  barter swarm addrs local --id')
  addresses.action(async (which: string | undefined, { id }: { id?: boolean }) => {
    await cli.withService(addresses, 'daemon', async (service) => {
      if (which === 'local') {
        for (const line of [...(await service.swarmLocalAddresses({ id: id === true }))].sort()) await cli.print(line)
        return
      }
      for (const [peer, known] of await service.swarmAddresses()) {
        await cli.print(`${peer} (${known.length})`)
        for (const address of known) await cli.print(`\t${address}`)
      }
    })
  })
}

function peerLines(peer: SwarmPeer, options: PeersOptions): readonly string[] {
  const shown = (part: keyof PeersOptions): boolean => options.verbose === true || options[part] === true
  const latency = peer.latencyMs === undefined ? 'n/a' : `${Number(peer.latencyMs.toFixed(3))}ms`
  const words = [
    `${peer.address}/p2p/${peer.peer}`,
    ...(shown('latency') ? [latency] : []),
    ...(shown('direction') ? [peer.direction] : [])
  ]
  return [words.join(' '), ...(shown('streams') ? peer.streams.map((protocol) => `  ${protocol}`) : [])]
}
