import { setTimeout } from 'node:timers/promises'
import type { Command } from 'commander'
import type { PeerService } from '../api/service/peer-service.ts'
import type { ReadOptions } from '../api/service/read-options.ts'
import { isHttpAddress } from '../network/http/http-endpoint.ts'
import { TooLateError, type Cli } from './cli.ts'

export interface FromOptions {
  readonly from?: readonly string[]
}

/** Lets a command that reads content be told whom to ask first. */
export function addFromOption(command: Command): Command {
  const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    value
  ]
  return command.option(
    '--from <multiaddr>',
    'ask this peer or HTTP gateway first (may be given several times)',
    collect
  )
}

/**
 * Runs a command that reads content, of the repo or of peers. Without a daemon and without `--from` nobody is connected:
 * what is not in the repo cannot come from anywhere. While it waits, a peer of `--from` that cannot be reached is told of; should the time run out,
 * so is the command that tells more.
 */
export async function withContent(
  cli: Cli,
  command: Command,
  { from = [] }: FromOptions,
  run: (service: PeerService, options: ReadOptions) => Promise<void>
): Promise<void> {
  const offline = cli.begin(command).offline === true
  await cli.withService(command, from.length === 0 ? 'repo' : 'peers', async (service) => {
    const done = new AbortController()
    const signal = AbortSignal.any([cli.signal, done.signal])
    // A gateway is asked over HTTP, and need not be connected to.
    const peers = offline ? [] : from.filter((address) => !isHttpAddress(address))
    for (const address of peers) void tellUnreachable(cli, service, address, signal)
    try {
      await run(service, { signal: cli.signal, offline, from })
    } catch (error) {
      const isLate = cli.signal.reason instanceof DOMException && cli.signal.reason.name === 'TimeoutError'
      const advice = isLate && !offline ? await adviceFor(command.args) : undefined
      throw advice === undefined ? error : new TooLateError(advice, { cause: error })
    } finally {
      done.abort()
    }
  })
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

async function tellUnreachable(cli: Cli, service: PeerService, address: string, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(QUIET_MS, undefined, { signal })
    const { error } = await service.swarmConnect(address, { signal, anyPeer: true })
    if (error !== undefined && !signal.aborted) {
      cli.warn(`Warning: cannot reach ${address} (${error}): still trying; --timeout 30s would give up in time`)
    }
  } catch {
    // The command has ended; or the address is none that can be connected to, of which the command tells by itself.
  }
}
