import type { Command } from 'commander'
import { formatBytes } from '../../api/formats/byte-size.ts'
import { formatDuration, readDuration } from '../../api/formats/duration.ts'
import type { TrustInfo } from '../../api/service/policy-service.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'

/** Commands below `bitswap` on who is trusted, and who is banned. */
export function addTrustCommands(group: Command, cli: Cli): void {
  addTrust(group, cli)
  addBan(group, cli)
  addUnban(group, cli)
}

function addTrust(group: Command, cli: Cli): void {
  const trust = group
    .command('trust')
    .summary('who keeps its word')
    .description(
      'Show what is known of a peer, or of all: blocks it sent when asked, promises it broke, blocks it forged, and how ' +
        'fast it is. Old deeds count for less than new ones.'
    )
    .argument('[peer]', 'a peer id')
    .addHelpText('after', '\nExample:\n  barter bitswap trust 12D3KooW…')
  trust.action(async (peer: string | undefined) => {
    await cli.withService(trust, 'daemon', async (service) => {
      if (cli.begin(trust).json === true) {
        await printJson(cli, service, 'bitswap/trust', peer === undefined ? [] : [peer])
        return
      }
      const lines = (await service.policy.trust(peer)).flatMap(trustLines)
      await printList(cli, lines, 'no peer has done anything yet')
    })
  })
}

function addBan(group: Command, cli: Cli): void {
  const ban = group
    .command('ban')
    .summary('refuse a peer for a while')
    .description(
      'Cut a peer off for a while, again each time it connects. To refuse it for good: ' +
        '`barter bitswap policy deny --peer`.'
    )
    .argument('<peer>', 'a peer id')
    .option('--for <duration>', 'how long, such as 2h; a quarter of an hour if left out')
    .option('--reason <text>', 'shown by `barter bitswap trust`')
    .addHelpText('after', '\nExample:\n  barter bitswap ban 12D3KooW… --for 2h')
  ban.action(async (peer: string, options: { for?: string; reason?: string }) => {
    await cli.withService(ban, 'daemon', async (service) => {
      if (cli.begin(ban).json === true) {
        await printJson(cli, service, 'bitswap/ban', [peer], options)
        return
      }
      const forMs = options.for === undefined ? undefined : readDuration(options.for)
      const { banned } = await service.policy.ban(peer, { forMs, reason: options.reason })
      await cli.print(`banned ${peer} for ${leftOf(banned)}, and cut off`)
    })
  })
}

function addUnban(group: Command, cli: Cli): void {
  const unban = group
    .command('unban')
    .summary('deal with a banned peer again')
    .description('Deal with a banned peer again.')
    .argument('<peer>', 'a peer id')
    .addHelpText('after', '\nExample:\n  barter bitswap unban 12D3KooW…')
  unban.action(async (peer: string) => {
    await cli.withService(unban, 'daemon', async (service) => {
      if (cli.begin(unban).json === true) {
        await printJson(cli, service, 'bitswap/unban', [peer])
        return
      }
      await service.policy.unban(peer)
      await cli.print(`unbanned ${peer}`)
    })
  })
}

/** By the minute that is begun. */
function leftOf(banned: TrustInfo['banned']): string {
  return formatDuration(Math.ceil((banned?.leftMs ?? 0) / 60_000) * 60_000)
}

function trustLines(info: TrustInfo): readonly string[] {
  const { banned, latencyMs, bytesPerSecond } = info
  return [
    `Trust in ${info.peer}`,
    `Score:\t${info.score.toFixed(3)}`,
    `Blocks delivered:\t${info.delivered.toFixed(1)}`,
    `Promises broken:\t${info.brokenPromises.toFixed(1)}`,
    `Blocks forged:\t${info.mismatches.toFixed(1)}`,
    `Latency:\t${latencyMs === undefined ? 'not measured' : formatDuration(latencyMs)}`,
    `Pace:\t${bytesPerSecond === undefined ? 'not measured' : `${formatBytes(bytesPerSecond)}/s`}`,
    `Worth:\t${info.worth} of 100`,
    `Banned:\t${banned === undefined ? 'no' : `for ${leftOf(banned)}: ${banned.reason}`}`,
    ''
  ]
}
