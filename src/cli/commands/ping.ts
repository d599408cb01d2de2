import { Command } from 'commander'
import { ApiError } from '../../api/api-error.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { wholeNumber } from '../whole-number.ts'

export function build(cli: Cli): Command {
  const command = new Command('ping')
    .summary('measure how far a peer is')
    .description('Connect to a peer, and measure how long a few bytes take there and back. Needs a running daemon.')
    .argument('<peer>', 'a peer id, or a multiaddr that ends with one')
    .option('-n, --count <count>', 'so many times, one a second', wholeNumber(1), 10)
    .addHelpText('after', '\nExample:\n  barter ping -n 3 12D3KooW…')
  return command.action(async (peer: string, { count }: { count: number }) => {
    await cli.withService(command, 'daemon', async (service) => {
      if (cli.begin(command).json === true) {
        await printJson(cli, service, 'ping', [peer], { count })
        return
      }
      await cli.print(`PING ${peer.split('/').at(-1) ?? ''}.`)
      const times: number[] = []
      for await (const event of service.network.ping(peer, { count, signal: cli.signal })) {
        if (event.type === 'failed') await cli.print(`Pong error: ${event.message}`)
        else {
          times.push(event.latencyMs)
          await cli.print(`Pong received: time=${event.latencyMs.toFixed(2)} ms`)
        }
      }
      if (times.length === 0) throw new ApiError('command', 'ping failed')
      await cli.print(`Average latency: ${(times.reduce((sum, ms) => sum + ms, 0) / times.length).toFixed(2)}ms`)
    })
  })
}
