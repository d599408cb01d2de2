import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { formatBytes } from '../../api/formats/byte-size.ts'
import { readDuration } from '../../api/formats/duration.ts'
import type { BandwidthInfo } from '../../api/service/network-service.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { untilStopped } from '../until-stopped.ts'
import { addBitswapStat } from './bitswap.ts'
import { addProvideStat } from './provide.ts'
import { addRepoStat } from './repo.ts'

export function build(cli: Cli): Command {
  const group = new Command('stats').summary('figures of all kinds').description('Show figures of this peer.')
  addBandwidth(group, cli)
  addBitswapStat(group, cli, 'bitswap')
  addProvideStat(group, cli, 'provide')
  addRepoStat(group, cli, 'repo')
  return group
}

interface BandwidthOptions {
  readonly peer?: string
  readonly proto?: string
  readonly poll?: boolean
  readonly interval: string
}

function addBandwidth(group: Command, cli: Cli): void {
  const bw = group
    .command('bw')
    .summary('bytes in and out')
    .description('Show what went in and out since the daemon started, and how fast it goes.')
    .option('-p, --peer <peer>', 'of this peer')
    .option('-t, --proto <protocol>', 'of this protocol')
    .option('--poll', 'again and again, until Ctrl-C')
    .option('-i, --interval <duration>', 'time between two looks', '1s')
    .addHelpText('after', '\nExample:\n  barter stats bw --poll\n  barter stats bw --proto /ipfs/bitswap/1.2.0')
  bw.action(async ({ peer, proto, poll, interval }: BandwidthOptions) => {
    const intervalMs = readDuration(interval, { least: 1 })
    await cli.withService(bw, 'daemon', async (service) => {
      const once = async (): Promise<void> => {
        const lines = bandwidthLines(await service.network.bandwidth({ peer, protocol: proto }))
        for (const line of lines) await cli.print(line)
      }
      if (cli.begin(bw).json === true) {
        const of = { ...(peer !== undefined && { peer }), ...(proto !== undefined && { proto }) }
        const flags = { ...of, poll: poll === true, interval }
        await untilStopped(cli, () => printJson(cli, service, 'stats/bw', [], flags))
      } else if (poll !== true) await once()
      else {
        await untilStopped(cli, async () => {
          for (;;) {
            await once()
            await sleep(intervalMs, undefined, { signal: cli.signal })
          }
        })
      }
    })
  })
}

function bandwidthLines({ totalIn, totalOut, rateIn, rateOut }: BandwidthInfo): readonly string[] {
  return [
    'Bandwidth',
    `TotalIn: ${formatBytes(totalIn)}`,
    `TotalOut: ${formatBytes(totalOut)}`,
    `RateIn: ${formatBytes(Math.round(rateIn))}/s`,
    `RateOut: ${formatBytes(Math.round(rateOut))}/s`
  ]
}
