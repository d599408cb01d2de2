import { once } from 'node:events'
import { connect } from 'node:net'
import { formatApiAddress, isUnix, parseApiAddress, type ApiAddress } from '../api/api-address.ts'
import type { PeerService } from '../api/service/peer-service.ts'
import { RemoteService } from '../api/remote/remote-service.ts'
import { readApiFile, removeApiFile } from '../node/repo/api-file.ts'
import { readApiToken } from '../node/repo/api-token.ts'
import { systemCode } from '../node/repo/repo-error.ts'
import { repoPaths } from '../node/repo/repo-path.ts'
import { OfflineError } from '../node/service/offline-error.ts'
import type { GlobalOptions, ServiceNeed } from './global-options.ts'
import type { StartSettings } from './start-settings.ts'

export interface OpenedService {
  readonly service: PeerService
  /** It is a running daemon's, and not this process's own. */
  readonly isDaemon: boolean
  close(): Promise<void>
}

/**
 * The peer that a command speaks to: the daemon when there is one, else the repo, opened by this process. libp2p is loaded
 * only when peers may be asked.
 */
export async function openService(
  options: GlobalOptions & { readonly root: string },
  need: ServiceNeed,
  print: (line: string) => void
): Promise<OpenedService> {
  const warn = (message: string): void => print(`Warning: ${message}`)
  const address = options.api === undefined ? await daemonOf(options.root, warn) : parseApiAddress(options.api)
  if (address !== undefined) {
    if (need === 'settings') await tellStrangeVariables(warn)
    const auth = options.apiAuth ?? (await tokenFor(address, options.root))
    return { service: new RemoteService(address, { auth }), isDaemon: true, close: () => Promise.resolve() }
  }
  const opened = await openRepoService(options, need, warn)
  // Who holds the repo knows that no daemon does: what one that was killed left behind would be told of every time.
  if (need !== 'settings' && need !== 'doctor') await removeApiFile(options.root)
  return { ...opened, isDaemon: false }
}

async function openRepoService(
  options: GlobalOptions & { readonly root: string },
  need: ServiceNeed,
  warn: (message: string) => void
): Promise<Omit<OpenedService, 'isDaemon'>> {
  if (need === 'peers' && options.offline !== true) {
    const { createPeer } = await import('../node/peer.ts')
    const settings = await settingsOf(warn)
    const peer = await createPeer({ repo: options.root, listen: [], quiet: true, warn, ...settings })
    return { service: peer.service, close: () => peer.stop() }
  }
  if (need === 'daemon') throw new OfflineError()
  const { openForDoctor, openOffline, openSettings } = await import('../node/service/open-offline.ts')
  const settings = await settingsOf(warn)
  if (need === 'settings') return await openSettings(options.root, settings)
  if (need === 'doctor') return await openForDoctor(options.root, warn, settings)
  return await openOffline(options.root, warn, settings)
}

/** What the environment says, read only where a repo is opened. */
async function settingsOf(warn: (message: string) => void): Promise<StartSettings> {
  const { startSettings } = await import('./start-settings.ts')
  return startSettings(process.env, [], warn)
}

/** The daemon reads no variables of this process; who looks at settings may wonder why one of them does nothing. */
async function tellStrangeVariables(warn: (message: string) => void): Promise<void> {
  const { environmentOverrides } = await import('../node/config/overrides.ts')
  environmentOverrides(process.env, warn)
}

/** Where the daemon listens that a command speaks to. Rejects with `OfflineError` when none runs. */
export async function daemonAddress(options: GlobalOptions & { readonly root: string }): Promise<ApiAddress> {
  const address =
    options.api === undefined ? await daemonOf(options.root, () => undefined) : parseApiAddress(options.api)
  if (address !== undefined) return address
  throw new OfflineError()
}

/** The token of a repo is shown to the daemon of that repo, and to nobody else. */
async function tokenFor(address: ApiAddress, root: string): Promise<string | undefined> {
  const own = await readApiFile(root)
  if (own === undefined || formatApiAddress(own) !== formatApiAddress(address)) return undefined
  const token = await readApiToken(root)
  return token === undefined ? undefined : `bearer:${token}`
}

/** Where the daemon of a repo listens. One that was killed leaves its word behind, and nobody listens there. */
async function daemonOf(root: string, warn: (message: string) => void): Promise<ApiAddress | undefined> {
  const address = await readApiFile(root)
  if (address === undefined || (await isListening(address))) return address
  // Another program's repo is refused, and used neither with its daemon nor without.
  const { checkOwner } = await import('../node/repo/data-place.ts')
  const isOurs = await checkOwner(repoPaths(root)).then(
    () => true,
    () => false
  )
  if (isOurs) warn(`the daemon of ${root} has gone without a word: its repo is used without it`)
  return undefined
}

/** False only when the machine says that nobody listens: a daemon that is slow to answer is one. */
async function isListening(address: ApiAddress): Promise<boolean> {
  const socket = connect(isUnix(address) ? { path: address.socketPath } : address)
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    return !['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? '')
  } finally {
    socket.destroy()
  }
}
