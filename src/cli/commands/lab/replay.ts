import { type Command, InvalidArgumentError } from 'commander'
import { formatBytes } from '../../../api/formats/byte-size.ts'
import { parseDuration } from '../../../api/formats/duration.ts'
import { counted } from '../../../counted.ts'
import { InvalidParametersError } from '../../../errors.ts'
import { loadStrategies } from '../../../laboratory/experiment/load-strategies.ts'
import { readCells, readManifest } from '../../../laboratory/experiment/read-results.ts'
import type { CellSummary } from '../../../laboratory/experiment/result-writer.ts'
import { changedModules, readModules, type ModuleChange } from '../../../laboratory/experiment/strategy-modules.ts'
import type { Cell } from '../../../laboratory/open-cell.ts'
import { replay, type Moment } from '../../../laboratory/replay.ts'
import { readScenario } from '../../../laboratory/scenario/read-scenario.ts'
import { packageVersion } from '../../../node/package-version.ts'
import type { EventRecord } from '../../../simulation/event-log.ts'
import type { Cli } from '../../cli.ts'
import { debtText } from '../../debt-text.ts'
import { changeText } from './change-text.ts'
import { wholeNumber } from '../../whole-number.ts'

interface Compared {
  readonly recorded: string | undefined
  readonly replayed: string
  readonly changedModules: readonly ModuleChange[]
}

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
      'Run one run of a directory of results again: what a peer sent and got up to a moment, and how it stands then; and whether the run did the same as it had.'
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
    const recorded = recordedHash(await readCells(directory), cell)
    const changes = changedModules([server], manifest.modules, await readModules([server]))
    const strategies = await loadStrategies(server, client)
    const { signal } = cli
    const played = await replay(cell, strategies, { peer: options.peer, untilMs: options.until, onMessage, signal })
    const comparison = { recorded, replayed: played.eventHash, changedModules: changes }
    for (const line of lines) await cli.print(line)
    if (isJson) await cli.print(JSON.stringify({ ...played.moment, eventHash: comparison }))
    else for (const line of momentLines(played.moment)) await cli.print(line)
    await tellWhetherSame(cli, comparison, manifest.barter, isJson)
  })
}

/** Undefined for a run that was never done, or not in virtual time. */
function recordedHash(
  cells: readonly CellSummary[],
  { server, client, seed }: Omit<Cell, 'scenario'>
): string | undefined {
  const isIt = (cell: CellSummary): boolean =>
    cell.worldKind === 'virtual' && cell.server === server && cell.client === client && cell.seed === seed
  return cells.find(isIt)?.eventHash
}

/** What differs goes to standard error: it is no part of what was asked for, and all of that may be wrong. */
async function tellWhetherSame(cli: Cli, compared: Compared, barter: string, isJson: boolean): Promise<void> {
  const { recorded, replayed, changedModules: changes } = compared
  for (const change of changes) cli.warn(`Careful: ${changeText(change)}`)
  if (recorded === undefined) {
    cli.warn('Careful: the results hold no such run in virtual time: whether this is the same is not known.')
  } else if (recorded === replayed) {
    if (!isJson) await cli.print(`The run did the same as the one in the results: event hash ${replayed}`)
  } else {
    cli.warn(`Careful: this is not the run in the results: its event hash was ${recorded}, and is ${replayed}.`)
    cli.warn(
      `That comes of another commit of Barter (theirs was of version ${barter}, this is of ${packageVersion()}), or of another module of a strategy, or something that it imports.`
    )
  }
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

function momentLines({ atMs, hasEnded, peer, blocks, wants, partners, ledgers }: Moment): string[] {
  const line = ({ peer: other, bytesSent, bytesReceived, debtRatio }: Moment['ledgers'][number]): string =>
    `  ${other}  sent ${formatBytes(bytesSent)}, received ${formatBytes(bytesReceived)}, debt ratio: ${debtText({ sent: bytesSent, received: bytesReceived, debtRatio })}`
  return [
    `At ${(atMs / 1_000).toFixed(6)} s${hasEnded ? ', the end of the run,' : ''} ${peer} has ${counted(blocks, 'block')}, wants ${wants.length}, and has ${counted(partners.length, 'partner')}`,
    ...ledgers.map(line)
  ]
}
