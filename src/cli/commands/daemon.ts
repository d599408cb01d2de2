import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { formatApiAddress, isUnix, type ApiAddress } from '../../api/api-address.ts'
import { errorText } from '../../api/api-error.ts'
import type { Cli } from '../cli.ts'
import { ROUTING_TYPES, type RoutingType } from '../../node/config/routing-type.ts'
import type { Daemon } from '../../node/daemon.ts'
import type { Peer } from '../../node/peer.ts'
import { busyPortsLine } from '../busy-ports.ts'
import { changeLines } from '../change-lines.ts'
import { commandPrefix, nearPath, quote, type CommandPrefix } from '../command-prefix.ts'

interface Options {
  readonly init?: boolean
  readonly initProfile?: string
  readonly routing?: RoutingType | 'default'
  readonly reports?: string
  readonly set?: readonly string[]
  readonly enableGc?: boolean
}

/** Flags that Kubo's daemon takes and that mean nothing here: launchers give them to every daemon. */
const IGNORED = [
  '--enable-pubsub-experiment',
  '--enable-namesys-pubsub',
  '--migrate',
  '--agent-version-suffix <text>',
  '--manage-fdlimit'
]

export function build(cli: Cli): Command {
  const command = new Command('daemon')
    .summary('run a peer that serves others')
    .description('Run a peer: it serves the blocks of its repo to others, and its API to programs of this machine.')
    .option('--init', 'make a repo when there is none')
    .option('--init-profile <names>', 'profiles for --init')
    .addOption(
      new Option('--routing <type>', 'how providers are found, instead of by the config').choices([
        'default',
        ...ROUTING_TYPES
      ])
    )
    .option('--enable-gc', 'remove what no pin keeps when more is stored than Datastore.StorageMax')
    .option('--reports <directory>', 'show the laboratory reports in it on the page')
    .option('--set <key=value...>', 'a setting of this start alone, before the config')
    .addHelpText('after', '\nExamples:\n  barter daemon --init\n  barter daemon --set Swarm.ConnMgr.HighWater=200')
  for (const flags of IGNORED) command.option(flags, 'accepted, and without effect')
  return command.action(async (options: Options) => {
    const { root, offline, repoDir } = cli.begin(command)
    const warn = (message: string): void => cli.warn(`Warning: ${message}`)
    if (options.init === true) await initOnce(cli, root, options.initProfile)
    const { startDaemon } = await import('../../node/daemon.ts')
    const { startSettings } = await import('../start-settings.ts')
    const routing = options.routing === 'default' ? undefined : options.routing
    const daemon = await startDaemon({
      root,
      warn,
      offline: offline === true,
      routing,
      reports: options.reports,
      collectGarbage: options.enableGc,
      ...startSettings(process.env, options.set ?? [], warn)
    })
    const stop = (): void => {
      cli.print('Shutting down …').catch(() => undefined)
      void daemon.stop()
    }
    process.on('SIGHUP', () => void reload(cli, daemon))
    cli.signal.addEventListener('abort', stop)
    if (cli.signal.aborted) stop()
    await printWhere(cli, daemon)
    const prefix = commandPrefix(process.env, process.argv[1], repoDir)
    await printDashboard(cli, root, daemon.api, prefix.own)
    await cli.print('Daemon is ready')
    for (const line of await whatNext(daemon.peer, prefix)) await cli.print(line)
    await ended(cli, daemon)
  })
}

async function ended(cli: Cli, daemon: Daemon): Promise<void> {
  await daemon.stopped.catch((error: unknown) => {
    // The signal that asked for the end is no reason for what went wrong with it.
    cli.warn(`Error: ${errorText(error)}`)
    throw error
  })
  await cli.print('Daemon has stopped')
}

/** Where it listens, in Kubo's words. */
async function printWhere(cli: Cli, daemon: Daemon): Promise<void> {
  const { swarmKeyFingerprint } = daemon.peer
  if (swarmKeyFingerprint !== undefined) {
    await cli.print('Swarm is limited to private network of peers with the swarm key')
    await cli.print(`Swarm key fingerprint: ${swarmKeyFingerprint}`)
  }
  const swarm = await daemon.peer.service.swarmLocalAddresses({ id: true })
  for (const address of swarm) await cli.print(`Swarm listening on ${address}`)
  if (swarm.length === 0)
    await cli.print('Swarm listening on no address: nobody can reach this peer, unless through a relay')
  await cli.print(`RPC API server listening on ${formatApiAddress(daemon.api)}`)
  if (daemon.gateway !== undefined) {
    await cli.print(`Gateway server listening on ${formatApiAddress(daemon.gateway.address)}`)
  }
}

/** A config that is wrong changes nothing, and is told of. */
async function reload(cli: Cli, daemon: Daemon): Promise<void> {
  try {
    for (const line of changeLines(await daemon.reload())) await cli.advise(line)
  } catch (error) {
    cli.fail(error)
  }
}

/** The link holds the token: it is for a person at a terminal, and for no file that the output is kept in. */
async function printDashboard(cli: Cli, root: string, api: ApiAddress, command: string): Promise<void> {
  if (isUnix(api)) return
  if (!process.stdout.isTTY) {
    await cli.print(`Dashboard: "${command} dashboard" prints the link`)
    return
  }
  const { dashboardLink } = await import('../../node/dashboard/dashboard-link.ts')
  const { readApiToken } = await import('../../node/repo/api-token.ts')
  const token = await readApiToken(root)
  await cli.print(`Dashboard: ${dashboardLink(api, token === undefined ? {} : { token })}`)
}

async function initOnce(cli: Cli, root: string, profile: string | undefined): Promise<void> {
  const { initRepo, repoExists } = await import('../../node/repo/repo-init.ts')
  if (await repoExists(root)) {
    if (profile !== undefined) cli.warn(`Warning: ${notApplied(root, profile)}`)
    return
  }
  const identity = await initRepo(root, {
    onBusyPorts: (moved) => cli.warn(busyPortsLine(moved, root)),
    ...(profile === undefined ? {} : { profile })
  })
  await cli.print(`initialized a barter repo at ${root} for peer ${identity.PeerID}`)
}

function notApplied(root: string, profile: string): string {
  return `${root} is a repo already, and --init-profile did nothing: "barter config profile apply ${quote(profile)}" does`
}

/** Lines to try next, as they must be typed: store something here, and fetch it with another peer. */
async function whatNext(peer: Peer, { own, other, otherRepo }: CommandPrefix): Promise<readonly string[]> {
  const addresses = await peer.service.swarmLocalAddresses({ id: true })
  const address = addresses.find((one) => one.includes('/127.0.0.1/')) ?? addresses[0]
  if (address === undefined) return []
  // A private swarm lets in only who has its key.
  const key = peer.swarmKeyFingerprint === undefined ? undefined : peer.repo?.paths.swarmKey
  const shareKey = key === undefined ? '' : ` cp ${quote(key)} ${otherRepo};`
  return [
    '',
    'Try next, in another terminal:',
    `  CID=$(${own} add -Q ${sampleFile()})`,
    `  ${other} init;${shareKey} ${other} cat $CID --from ${address}`
  ]
}

/** A file that is there for sure: the README of this package. */
function sampleFile(): string {
  return quote(nearPath(fileURLToPath(new URL('../../../README.md', import.meta.url))))
}
