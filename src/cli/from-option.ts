import type { Command } from 'commander'
import { ApiError, errorText } from '../api/api-error.ts'
import type { PeerService } from '../api/service/peer-service.ts'
import type { ReadOptions } from '../api/service/read-options.ts'
import { isCausedBy, NotFoundError } from '../errors.ts'
import { isHttpAddress } from '../network/http/http-endpoint.ts'
import { spacedLine } from '../safe-text.ts'
import { TooLateError, type Cli } from './cli.ts'
import { repeated } from './repeated.ts'

export interface FromOptions {
  readonly from?: readonly string[]
}

/** Lets a command that reads content be told whom to ask first. */
export function addFromOption(command: Command): Command {
  return command.option(
    '--from <multiaddr>',
    'ask this peer or HTTP gateway first (may be given several times)',
    repeated
  )
}

/**
 * Runs a command that reads content, of the repo or of peers. Without a daemon and without `--from` nobody is connected:
 * what is not in the repo cannot come from anywhere. While it waits, a peer of `--from` that cannot be reached is told of,
 * and why nothing comes; should the time run out, so is the command that tells more.
 */
export async function withContent(
  cli: Cli,
  command: Command,
  { from = [] }: FromOptions,
  run: (service: PeerService, options: ReadOptions) => Promise<void>
): Promise<void> {
  const { offline = false, json = false, timeout } = cli.begin(command)
  const label = labelOf(command)
  await cli.withService(command, from.length === 0 ? 'repo' : 'peers', async (service, { isDaemon }) => {
    const done = new AbortController()
    const signal = AbortSignal.any([cli.signal, done.signal])
    // A gateway is asked over HTTP, and need not be connected to.
    const peers = offline ? [] : from.filter((address) => !isHttpAddress(address))
    const trying = timeout === undefined ? 'still trying; --timeout 30s would give up in time' : 'still trying'
    const gateways = offline ? [] : from.filter(isHttpAddress)
    if (gateways.length > 0) void tellDeadGateways(cli, service, { gateways, label, trying }, signal)
    for (const address of peers) void tellUnreachable(cli, service, address, signal, trying)
    if (!offline && !json) void tellOfWants(cli, service, label, signal)
    try {
      await run(service, { signal: cli.signal, offline, from, label })
    } catch (error) {
      const isLate = cli.signal.reason instanceof DOMException && cli.signal.reason.name === 'TimeoutError'
      const advice = isLate && !offline ? await adviceFor(command.args) : undefined
      if (advice !== undefined) throw new TooLateError(advice, { cause: error })
      throw offline || isDaemon || from.length > 0 ? error : withFetchAdvice(error)
    } finally {
      done.abort()
      cli.output.draw(undefined)
    }
  })
}

/** Nobody was asked for what is not here: this process alone uses the repo, and was told of no peer. */
function withFetchAdvice(error: unknown): unknown {
  // A command that needed a block fails with an error of its own, and that of the block is its cause.
  if (!isCausedBy(error, NotFoundError)) return error
  const advice = 'no daemon runs: "barter daemon", or --from <multiaddr> of a peer that has it, would fetch it'
  return new ApiError('command', `${errorText(error)}\n${advice}`, { cause: error })
}

/** Longest path in a label: those of the peer are cut at 128. */
const MAX_PATH = 90

/** What is shown beside what this command wants. By its process it is told from others of its kind. */
function labelOf(command: Command): string {
  const group = command.parent?.parent ? `${command.parent.name()} ` : ''
  const [path = '', ...others] = command.args
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return spacedLine(`${group}${command.name()}[${process.pid}] ${path.slice(0, MAX_PATH)}${more}`)
}

/** Of several paths, any may be the one that does not come. */
async function adviceFor(paths: readonly string[]): Promise<string | undefined> {
  const [path] = paths
  if (path === undefined) return undefined
  if (paths.length > 1) return '"barter doctor" with the CID of each tells why one does not come'
  // A command that is done in time needs to read no CID here.
  const { parseDataPath } = await import('../content/content-path.ts')
  try {
    return `"barter doctor ${parseDataPath(path).cid.toString()}" tells why it does not come`
  } catch {
    // A word of the command, such as "local".
    return undefined
  }
}

/** A command that is done sooner needs no word on whom it did not reach. */
const QUIET_MS = 1_000

async function tellUnreachable(
  cli: Cli,
  service: PeerService,
  address: string,
  signal: AbortSignal,
  trying: string
): Promise<void> {
  try {
    await cli.wait(QUIET_MS, signal)
    const { error } = await service.swarmConnect(address, { signal, anyPeer: true })
    if (error !== undefined && !signal.aborted) {
      cli.warn(`Warning: cannot reach ${address} (${spacedLine(error)}): ${trying}`)
    }
  } catch {
    // The command has ended; or the address is none that can be connected to, of which the command tells by itself.
  }
}

interface Gateways {
  readonly gateways: readonly string[]
  readonly label: string
  readonly trying: string
}

/** It is the request itself that tries them: each is told of once. */
async function tellDeadGateways(
  cli: Cli,
  { insight }: PeerService,
  { gateways, label, trying }: Gateways,
  signal: AbortSignal
): Promise<void> {
  const untold = new Set(gateways)
  try {
    while (untold.size > 0) {
      await cli.wait(QUIET_MS, signal)
      const { rows } = await insight.sessions()
      for (const { name, reason } of rows.find((row) => row.label === label)?.failures ?? []) {
        if (untold.delete(name) && !signal.aborted) cli.warn(`Warning: cannot reach ${name} (${reason}): ${trying}`)
      }
    }
  } catch {
    // The command has ended; or nobody tells of requests.
  }
}

/** So long nothing has come: by then a want has been open for 5 s, which is when the peer says what it waits for. */
const PATIENCE_MS = 5_500
/** Wants that are looked at, the oldest. */
const MAX_WANTS = 64

async function tellOfWants(cli: Cli, service: PeerService, label: string, signal: AbortSignal): Promise<void> {
  try {
    await cli.wait(PATIENCE_MS, signal)
    // Only now: most commands are done by then.
    const { tellWaiting } = await import('./tell-waiting.ts')
    const wants = async () => (await service.insight.wants(MAX_WANTS, { label, signal })).rows
    const draw = process.stderr.isTTY ? (line: string | undefined) => cli.output.draw(line) : undefined
    const now = (): number => performance.now()
    await tellWaiting({ wants, tell: (line) => cli.warn(line), draw, wait: cli.wait, now }, signal)
  } catch {
    // The command has ended; or nobody tells what is wanted, as without peers to ask: it goes on as it would without.
  }
}
