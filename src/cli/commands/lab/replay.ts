import { type Command, InvalidArgumentError } from 'commander'
import { parseDuration } from '../../../api/duration.ts'
import { InvalidParametersError } from '../../../errors.ts'
import { loadStrategies } from '../../../laboratory/experiment/load-strategies.ts'
import { readManifest } from '../../../laboratory/experiment/read-results.ts'
import { replay, type Moment } from '../../../laboratory/replay.ts'
import { readScenario } from '../../../laboratory/scenario/read-scenario.ts'
import type { EventRecord } from '../../../simulation/event-log.ts'
import type { Cli } from '../../cli.ts'
import { formatBytes } from '../../progress-bar.ts'
import { wholeNumber } from '../../whole-number.ts'

interface Options {
  readonly peer: number
  readonly until: number
  readonly server?: string
  readonly client?: string
  readonly seed?: number
}

export function addReplayCommand(group: Command, cli: Cli): void {
  const command = group
    .command('replay')
    .summary('run one run again, and look at a peer')
    .description(
      'Run one run of a directory of results again up to a moment: what a peer sent and got, and how it stands then.'
    )
    .argument('<dir>', 'a directory that `barter lab run` wrote')
    .requiredOption('--peer <number>', 'number of the peer, from 0', wholeNumber(0))
    .requiredOption('--until <time>', 'moment since the start of the world, such as 12.3s', moment)
    .option('--server <strategy>', 'one of the results; the first by default')
    .option('--client <strategy>', 'one of the results; the first by default')
    .option('--seed <seed>', 'one of the results; the first by default', wholeNumber(0))
    .addHelpText('after', '\nExample:\n  barter lab replay trade --peer 17 --until 12.3s')
  command.action(async (directory: string, options: Options) => {
    const isJson = cli.begin(command).json === true
    const manifest = await readManifest(directory)
    const scenario = readScenario(manifest.scenario)
    const server = chosen('--server', options.server, manifest.servers)
    const client = chosen('--client', options.client, manifest.clients)
    const seed = Number(chosen('--seed', options.seed?.toString(), manifest.seeds.map(String)))
    const { seed: seeds, leech, passive } = scenario.topology
    const last = String(seeds + leech + passive - 1)
    if (options.peer > Number(last))
      throw new InvalidParametersError(`--peer is ${options.peer}: expected 0 to ${last}`)
    const lines: string[] = []
    const onMessage = (record: EventRecord): void => void lines.push(isJson ? JSON.stringify(record) : lineOf(record))
    const cell = { scenario, server, client, seed }
    const strategies = await loadStrategies(server, client)
    const end = await replay(cell, strategies, { peer: options.peer, untilMs: options.until, onMessage })
    for (const line of lines) await cli.print(line)
    for (const line of isJson ? [JSON.stringify(end)] : momentLines(end)) await cli.print(line)
  })
}

function moment(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('Expected a time such as 12.3s or 400ms.')
  return ms
}

function chosen(option: string, value: string | undefined, known: readonly string[]): string {
  const found = value === undefined ? known[0] : known.find((one) => one === value)
  if (found !== undefined) return found
  throw new InvalidParametersError(`${option} is ${value ?? 'missing'}: expected one of ${known.join(', ')}`)
}

function lineOf(record: EventRecord): string {
  const kinds: readonly (readonly [string, number])[] = [
    ['want-block', record.wantBlocks],
    ['want-have', record.wantHaves],
    ['cancel', record.cancels],
    ['have', record.haves],
    ['dont-have', record.dontHaves],
    ['block', record.blocks]
  ]
  const said = kinds.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`)
  const time = `${(record.atMicros / 1_000_000).toFixed(6)} s`.padStart(14)
  return `${time}  ${record.from} → ${record.to}  ${said.join(', ') || 'nothing'}  (${formatBytes(record.bytes)})`
}

function momentLines({ atMs, peer, blocks, wants, partners, ledgers }: Moment): string[] {
  const line = ({ peer: other, bytesSent, bytesReceived, debtRatio }: Moment['ledgers'][number]): string =>
    `  ${other}  sent ${formatBytes(bytesSent)}, received ${formatBytes(bytesReceived)}, debt ratio ${debtRatio.toFixed(3)}`
  return [
    `At ${(atMs / 1_000).toFixed(6)} s ${peer} has ${blocks} blocks, wants ${wants.length}, and has ${partners.length} partners`,
    ...ledgers.map(line)
  ]
}
