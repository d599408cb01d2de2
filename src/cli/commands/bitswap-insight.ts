import type { Command } from 'commander'
import { formatBytes } from '../../api/formats/byte-size.ts'
import { formatDuration } from '../../api/formats/duration.ts'
import { HEAL_ADVICE } from '../../api/service/damage-advice.ts'
import type { PartnerRow } from '../../api/service/insight-snapshot.ts'
import type { SessionRow, WantRow } from '../../api/service/insight-wants.ts'
import type { LedgerInfo } from '../../api/service/peer-service.ts'
import { counted } from '../../counted.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { debtText } from '../debt-text.ts'
import { printJson } from '../print-json.ts'
import { printRows } from '../print-rows.ts'

interface Options {
  readonly verbose?: boolean
  readonly limit?: string
}

/** Commands below `bitswap` on what goes on inside: wants with their reasons, partners, sessions, ledgers. */
export function addInsightCommands(group: Command, cli: Cli): void {
  addWants(group, cli)
  addUnwant(group, cli)
  addPartners(group, cli)
  addSessions(group, cli)
  addLedgers(group, cli)
}

function addWants(group: Command, cli: Cli): void {
  const wants = group
    .command('wants')
    .summary('what is wanted, for whom, and why it does not come')
    .description(
      'List what this peer wants, the oldest first: how long, for which request, how many peers were asked and what they ' +
        'said. What takes too long is marked, with the reason.'
    )
    .option('-v, --verbose', 'name the peers that were asked')
    .option('-n, --limit <count>', 'how many at most')
    .addHelpText('after', '\nExamples:\n  barter bitswap wants\n  barter bitswap wants -v --limit 10')
  wants.action(async (options: Options) => {
    await cli.withService(wants, 'daemon', async (service) => {
      const limit = limitOf(options)
      if (cli.begin(wants).json === true) {
        await printJson(cli, service, 'bitswap/wants', [], asOption(limit))
        return
      }
      const { total, rows } = await service.insight.wants(limit)
      const now = Date.now()
      const lines = rows.flatMap((row) => wantLines(row, now, options.verbose === true))
      await printRows(cli, 'CID\tAge\tPhase\tFor\tAnswers', lines)
      await cli.print(`${rows.length} of ${counted(total, 'want')}`)
    })
  })
}

function addUnwant(group: Command, cli: Cli): void {
  const unwant = group
    .command('unwant')
    .summary('take a want back')
    .description('Take the want for a block back. Requests that wait for it fail, and say so.')
    .argument('<cid>', 'a CID of `barter bitswap wants`')
    .addHelpText('after', '\nExample:\n  barter bitswap unwant bafy…')
  unwant.action(async (cid: string) => {
    await cli.withService(unwant, 'daemon', async (service) => {
      if (cli.begin(unwant).json === true) {
        await printJson(cli, service, 'bitswap/unwant', [cid])
        return
      }
      const sessions = await service.insight.unwant(cid)
      await cli.print(`${cid} is no longer wanted: ${counted(sessions, 'session')} ended`)
    })
  })
}

function addPartners(group: Command, cli: Cli): void {
  const partners = group
    .command('partners')
    .summary('with whom it is traded')
    .description(
      'List connected peers, and others that are banned, denied or limited: what was traded, and what waits.'
    )
    .option('-v, --verbose', 'tell all that is known')
    .option('-n, --limit <count>', 'how many at most')
    .addHelpText('after', '\nExample:\n  barter bitswap partners -v')
  partners.action(async (options: Options) => {
    await cli.withService(partners, 'daemon', async (service) => {
      const limit = limitOf(options)
      if (cli.begin(partners).json === true) {
        await printJson(cli, service, 'bitswap/partners', [], asOption(limit))
        return
      }
      const { total, rows } = await service.insight.partners(limit)
      const lines = rows.flatMap((row) => partnerLines(row, options.verbose === true))
      await printRows(cli, 'Peer\tConnection\tTraded\tQueue', lines)
      await cli.print(`${rows.length} of ${counted(total, 'partner')}`)
    })
  })
}

function addSessions(group: Command, cli: Cli): void {
  const sessions = group
    .command('sessions')
    .summary('requests under way')
    .description('List sessions: what each is for, what it waits for, and how many peers serve it.')
    .option('-n, --limit <count>', 'how many at most')
    .addHelpText('after', '\nExample:\n  barter bitswap sessions')
  sessions.action(async (options: Options) => {
    await cli.withService(sessions, 'daemon', async (service) => {
      const limit = limitOf(options)
      if (cli.begin(sessions).json === true) {
        await printJson(cli, service, 'bitswap/sessions', [], asOption(limit))
        return
      }
      const { total, rows } = await service.insight.sessions(limit)
      const now = Date.now()
      const lines = rows.map((row) => sessionLine(row, now))
      await printRows(cli, 'Id\tFor\tAge\tWants\tPeers', lines)
      await cli.print(`${rows.length} of ${counted(total, 'session')}`)
    })
  })
}

function addLedgers(group: Command, cli: Cli): void {
  const ledgers = group
    .command('ledgers')
    .summary('what was exchanged with each partner')
    .description('List all ledgers, also those of partners that are not connected: most bytes first.')
    .addHelpText('after', '\nExample:\n  barter bitswap ledgers')
  ledgers.action(async () => {
    await cli.withService(ledgers, 'daemon', async (service) => {
      if (cli.begin(ledgers).json === true) {
        await printJson(cli, service, 'bitswap/ledgers')
        return
      }
      const all = [...(await service.bitswapLedgers())].sort((a, b) => bytesOf(b) - bytesOf(a))
      await printRows(cli, 'Peer\tSent\tReceived\tDebt\tExchanges', all.map(ledgerLine))
      await cli.print(counted(all.length, 'ledger'))
    })
  })
}

function wantLines(row: WantRow, now: number, isVerbose: boolean): readonly string[] {
  const { id, since, phase, label, session, asked, have, dontHave, silent, stuckBecause, damaged, peers } = row
  const said = `asked ${asked}: ${have} have, ${dontHave} have not, ${silent} silent`
  const head = `${id}\t${age(now - since)}\t${phase}\t${label} (session ${session})\t${said}`
  return [
    head,
    ...(stuckBecause === undefined ? [] : [`\tstuck: ${stuckBecause.text}`]),
    ...(damaged === true ? [`\tthe copy here was damaged: ${HEAL_ADVICE}`] : []),
    ...(isVerbose ? peers.map(({ peer, answer, dueSince }) => `\t${peer}\t${answer}${due(dueSince, now)}`) : []),
    ...(isVerbose && asked > peers.length ? [`\tand ${asked - peers.length} more`] : [])
  ]
}

function due(since: number | undefined, now: number): string {
  return since === undefined ? '' : `, asked for the block ${age(now - since)} ago`
}

function partnerLines(row: PartnerRow, isVerbose: boolean): readonly string[] {
  const { id, isConnected, direction, latencyMs, sent, received, pendingTasks, queuedBytes, banned, policy } = row
  const connection = isConnected
    ? `${direction ?? ''} ${latencyMs === undefined ? '' : formatDuration(latencyMs)}`.trim()
    : 'not connected'
  const where = `${connection}${banned === undefined ? '' : ', banned'}${policy === 'denied' ? ', denied' : ''}`
  const traded = `sent ${formatBytes(sent)}, received ${formatBytes(received)}, debt ratio: ${debtText(row)}`
  const head = `${id}\t${where}\t${traded}\twaits for ${counted(pendingTasks, 'block')} (${formatBytes(queuedBytes)})`
  if (!isVerbose) return [head]
  const { agent, address, protocol, wants, owes, told, overflowDropped, score, upload, download } = row
  const limits = [
    upload === undefined ? '' : `upload ${pace(upload)}`,
    download === undefined ? '' : `download ${pace(download)}`
  ]
  return [
    head,
    `\t${[agent, protocol, address].filter((part) => part !== undefined).join(', ')}`,
    `\twants ${wants}, owes ${owes} of ${told} told, ${counted(overflowDropped, 'want')} had no room, score ${score}`,
    ...(banned === undefined ? [] : [`\tbanned until ${new Date(banned.until).toISOString()}: ${banned.reason}`]),
    ...(policy === 'default' ? [] : [`\t${policy} by a rule`]),
    ...(limits.join('') === '' ? [] : [`\tlimits: ${limits.filter((limit) => limit !== '').join(', ')}`])
  ]
}

function pace(bytes: number): string {
  return bytes === 0 ? 'none' : `${formatBytes(bytes)}/s`
}

function sessionLine(
  { id, label, since, open, done, looking, ready, asked, searching, peers }: SessionRow,
  now: number
): string {
  const phases = `${asked} asked, ${ready} ready, ${searching} searched for, ${looking} looked up`
  return `${id}\t${label}\t${age(now - since)}\t${open} open (${phases}), ${done} done\t${counted(peers, 'peer')}`
}

function ledgerLine({ peer, bytesSent, bytesReceived, debtRatio, exchanges }: LedgerInfo): string {
  const debt = debtText({ sent: bytesSent, received: bytesReceived, debtRatio })
  const traded = `sent ${formatBytes(bytesSent)}\treceived ${formatBytes(bytesReceived)}`
  return `${peer}\t${traded}\tdebt ratio: ${debt}\t${counted(exchanges, 'exchange')}`
}

function bytesOf({ bytesSent, bytesReceived }: LedgerInfo): number {
  return bytesSent + bytesReceived
}

/** By the second. */
function age(ms: number): string {
  return formatDuration(Math.round(ms / 1_000) * 1_000)
}

function limitOf({ limit }: Options): number | undefined {
  if (limit === undefined) return undefined
  if (!/^\d{1,9}$/u.test(limit)) throw new InvalidParametersError(`--limit is ${limit}: expected a whole number`)
  return Number(limit)
}

function asOption(limit: number | undefined): Readonly<Record<string, number>> {
  return limit === undefined ? {} : { limit }
}
