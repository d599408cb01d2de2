import { Command } from 'commander'
import { formatBytes } from '../../api/formats/byte-size.ts'
import type { BitswapInfo, LedgerInfo } from '../../api/service/peer-service.ts'
import type { Cli } from '../cli.ts'
import { printJson } from '../print-json.ts'
import { printList } from '../print-list.ts'
import { addInsightCommands } from './bitswap-insight.ts'
import { addPolicyCommands } from './bitswap-policy.ts'
import { addTrustCommands } from './bitswap-trust.ts'

export function build(cli: Cli): Command {
  const group = new Command('bitswap')
    .summary('see what is traded, and with whom')
    .description('See what is traded, and with whom. These commands need a running daemon.')
  addBitswapStat(group, cli)
  addWantlist(group, cli)
  addLedger(group, cli)
  addInsightCommands(group, cli)
  addPolicyCommands(group, cli)
  addTrustCommands(group, cli)
  return group
}

/** The same command stands in another group, too, under another name. */
export function addBitswapStat(group: Command, cli: Cli, name = 'stat'): void {
  const stat = group
    .command(name)
    .summary('figures of the exchange')
    .description('Show what was sent and received since the daemon started, what it wants, and its partners.')
    .option('-v, --verbose', 'list the partners, and tell by which strategy they are served')
    .option('-H, --human', 'sizes in MB and the like')
    .addHelpText('after', `\nExample:\n  barter ${group.name()} ${name} --verbose`)
  stat.action(async (options: { verbose?: boolean; human?: boolean }) => {
    await cli.withService(stat, 'daemon', async (service) => {
      if (cli.begin(stat).json === true) await printJson(cli, service, 'bitswap/stat')
      else {
        const strategy = options.verbose === true ? (await service.insight.engine()).strategy : undefined
        await cli.write(statText(await service.bitswapStat(), { ...options, strategy }))
      }
    })
  })
}

function addWantlist(group: Command, cli: Cli): void {
  const wantlist = group
    .command('wantlist')
    .summary('blocks that are wanted')
    .description('List the blocks that this peer wants, or that a partner wants of it.')
    .option('-p, --peer <peer>', 'what this partner wants')
    .addHelpText('after', '\nExample:\n  barter bitswap wantlist --peer 12D3KooW…')
  wantlist.action(async ({ peer }: { peer?: string }) => {
    await cli.withService(wantlist, 'daemon', async (service) => {
      if (cli.begin(wantlist).json === true) {
        await printJson(cli, service, 'bitswap/wantlist', [], peer === undefined ? {} : { peer })
        return
      }
      await printList(cli, [...(await service.bitswapWantlist(peer))].sort(), 'nothing is wanted')
    })
  })
}

function addLedger(group: Command, cli: Cli): void {
  const ledger = group
    .command('ledger')
    .summary('what was exchanged with a partner')
    .description('Show what was exchanged with a partner. Without one, with every partner.')
    .argument('[peer]', 'a peer id')
    .addHelpText('after', '\nExample:\n  barter bitswap ledger 12D3KooW…')
  ledger.action(async (peer: string | undefined) => {
    await cli.withService(ledger, 'daemon', async (service) => {
      if (cli.begin(ledger).json === true) {
        await printJson(
          cli,
          service,
          peer === undefined ? 'bitswap/ledgers' : 'bitswap/ledger',
          peer === undefined ? [] : [peer]
        )
        return
      }
      const ledgers = peer === undefined ? await service.bitswapLedgers() : [await service.bitswapLedger(peer)]
      await printList(cli, ledgers.flatMap(ledgerLines), 'no ledgers')
    })
  })
}

interface StatOptions {
  readonly verbose?: boolean
  readonly human?: boolean
  readonly strategy?: string | undefined
}

function statText(info: BitswapInfo, { verbose, human, strategy }: StatOptions): string {
  const size = (bytes: number): string => (human === true ? formatBytes(bytes) : String(bytes))
  const lines = [
    'bitswap status',
    `\tblocks received: ${info.blocksReceived}`,
    `\tblocks sent: ${info.blocksSent}`,
    `\tdata received: ${size(info.dataReceived)}`,
    `\tdata sent: ${size(info.dataSent)}`,
    `\tdup blocks received: ${info.dupBlocksReceived}`,
    `\tdup data received: ${size(info.dupDataReceived)}`,
    `\twantlist [${info.wantlist.length} keys]`,
    ...info.wantlist.map((cid) => `\t\t${cid}`),
    `\tpartners [${info.peers.length}]`,
    ...(verbose === true ? info.peers.map((peer) => `\t\t${peer}`) : []),
    ...(strategy === undefined ? [] : [`\tstrategy: ${strategy}`])
  ]
  return `${lines.join('\n')}\n`
}

/** As Kubo prints it, for the scripts that read it: `bitswap ledgers` tells the same in words. */
function ledgerLines(ledger: LedgerInfo): readonly string[] {
  return [
    `Ledger for ${ledger.peer}`,
    `Debt ratio:\t${ledger.debtRatio.toFixed(6)}`,
    `Exchanges:\t${ledger.exchanges}`,
    `Bytes sent:\t${ledger.bytesSent}`,
    `Bytes received:\t${ledger.bytesReceived}`,
    ''
  ]
}
