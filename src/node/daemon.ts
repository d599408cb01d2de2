import type { ApiAccess } from '../api/server/access.ts'
import { AnswerHeaders } from '../api/server/cors.ts'
import type { ConfigChange } from '../api/service/config-service.ts'
import { isUnix, parseApiAddress, type ApiAddress } from '../api/api-address.ts'
import { ApiServer } from '../api/server/server.ts'
import { BitswapError } from '../errors.ts'
import { apiHandlers } from './api-handlers.ts'
import { removeApiFile, writeApiFile } from './repo/api-file.ts'
import { ensureApiToken } from './repo/api-token.ts'
import { Closers } from './closers.ts'
import { startGateway, type Gateway } from './gateway.ts'
import { diskTrouble } from './repo/disk-trouble.ts'
import type { Override } from './config/override.ts'
import { strangersNote } from './config/strangers.ts'
import type { RoutingType } from './config/routing-type.ts'
import { listenFailure } from './libp2p/listen.ts'
import { ProcessLog } from './log/process-log.ts'
import type { Metrics } from './metrics/metrics.ts'
import { peerMetrics } from './metrics/metrics-area.ts'
import { startTelemetry } from './metrics/telemetry.ts'
import { packageVersion } from './package-version.ts'
import { createPeer, type Peer } from './peer.ts'
import { reasonOf, RepoError } from './repo/repo-error.ts'

export interface DaemonInit {
  /** Directory of the repo. */
  readonly root: string
  readonly warn: (message: string) => void
  /** Not listening for peers, and not dialling them unless asked. */
  readonly offline?: boolean
  /** Remove what no pin keeps when more is stored than `Datastore.StorageMax` allows. */
  readonly collectGarbage?: boolean | undefined
  /** How providers are found, instead of by `Routing.Type` of the config. */
  readonly routing?: RoutingType | undefined
  /** What goes before the config file: variables of the environment, and flags. */
  readonly overrides?: readonly Override[] | undefined
  /** How long to wait for a repo that another process uses. */
  readonly waitForLockMs?: number | undefined
  /** Time that a stop may take, 30 s by default: what was acknowledged is stored without it. */
  readonly stopLimitMs?: number | undefined
  /** Directory of reports of the laboratory, shown on the page instead of `Barter.Reports` of the config. */
  readonly reports?: string | undefined
}

/** A peer that serves its HTTP API to other programs of this machine. */
export interface Daemon {
  readonly peer: Peer
  readonly api: ApiAddress
  /** Undefined where `Addresses.Gateway` is empty. */
  readonly gateway: Gateway | undefined
  /** Resolves once it has stopped, whoever asked for it; rejects with the first failure once all has ended that could. */
  readonly stopped: Promise<void>
  /** Returns `stopped`. */
  stop(): Promise<void>
  /** Reads the config again, and applies what can change while running; begins the log file anew. */
  reload(): Promise<ConfigChange>
}

/**
 * Starts the daemon of a repo: the peer first, then the API, then the file that tells others of it, so that whoever finds
 * the file finds a daemon that answers.
 */
export async function startDaemon(init: DaemonInit): Promise<Daemon> {
  const { root, warn, offline } = init
  const stopped = Promise.withResolvers<undefined>()
  // Who does not look at it is not ended by it.
  stopped.promise.catch(() => undefined)
  const closers = new Closers()
  const stop = (): Promise<void> => {
    closers.close().then(() => stopped.resolve(undefined), stopped.reject)
    return stopped.promise
  }
  const log = new ProcessLog()
  closers.add(() => log.close())
  const peer = await createPeer({
    repo: root,
    warn,
    log,
    routing: init.routing,
    collectGarbage: init.collectGarbage,
    overrides: init.overrides,
    waitForLockMs: init.waitForLockMs,
    ...(offline === true ? { listen: [], quiet: true } : {}),
    // The answer to the caller goes out first.
    shutdown: () => setImmediate(() => void stop())
  })
  let server: ApiServer | undefined
  let gateway: Gateway | undefined
  const limitMs = init.stopLimitMs ?? STOP_LIMIT_MS
  closers.add(() => within(limitMs, all([server?.stop(), gateway?.stop(), peer.stop()])))
  try {
    const metrics = peerMetrics(peer, { gateway: () => gateway?.stat() })
    server = await openServer(peer, log, init, metrics)
    const api = await listen(server, peer, warn)
    const strangers = strangersNote(await peer.service.config.effective())
    // A slip of the pen in the file would change nothing without a word.
    if (strangers !== undefined) warn(strangers)
    gateway = await startGateway({ peer, warn, offline: offline === true })
    await writeApiFile(root, api)
    closers.add(() => removeApiFile(root))
    const telemetry = startTelemetry(peer, metrics)
    closers.add(() => Promise.resolve(telemetry?.stop()))
    return { peer, api, gateway, stopped: stopped.promise, stop, reload: () => reload(peer, log) }
  } catch (error) {
    await stop().catch((failure: unknown) => warn(`what was started did not stop: ${reasonOf(failure)}`))
    throw diskTrouble(root, error) ?? error
  }
}

async function openServer(
  peer: Peer,
  log: ProcessLog,
  { warn, reports }: DaemonInit,
  metrics: Metrics
): Promise<ApiServer> {
  const access = await openAccess(peer, warn)
  log.sink.hide('token', [access.token])
  const handlers = apiHandlers(peer, { reports, metrics })
  const logger = log.sink.logger('barter:api')
  const version = packageVersion()
  return new ApiServer({ service: peer.service, version, access, handlers, logger, meter: metrics.api })
}

async function reload(peer: Peer, log: ProcessLog): Promise<ConfigChange> {
  log.reopen()
  return await peer.service.config.reload()
}

/** Who may command this peer. That nobody is asked for a token is said at every start. */
async function openAccess({ repo }: Peer, warn: DaemonInit['warn']): Promise<ApiAccess & { readonly token: string }> {
  if (repo === undefined) throw new RepoError('ERR_NO_REPO', 'a daemon needs a repo')
  const access = repo.config.api
  if (!access.requireToken && access.authorizations.length === 0) {
    warn('API.RequireToken is false: every program and user of this machine can command this peer')
  }
  if (new AnswerHeaders(access.headers).origins.includes('*')) {
    warn('API.HTTPHeaders lets web pages of every site call the API')
  }
  return { ...access, token: await ensureApiToken(repo.paths.root, warn) }
}

async function listen(server: ApiServer, peer: Peer, warn: DaemonInit['warn']): Promise<ApiAddress> {
  const configPath = peer.repo?.paths.config ?? ''
  const [first, ...others] = peer.repo?.config.addresses.api ?? []
  if (first === undefined) {
    throw new RepoError('ERR_LISTEN', `Addresses.API in ${configPath} is empty: set it to /ip4/127.0.0.1/tcp/5001`)
  }
  for (const address of others) warn(`the API listens on one address: skipped ${address}`)
  const address = parseApiAddress(first)
  try {
    return await server.start(address)
  } catch (error) {
    const port = isUnix(address) ? undefined : address.port
    throw listenFailure(first, port, `Addresses.API of ${configPath}`, error) ?? error
  }
}

const STOP_LIMIT_MS = 30_000

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const message = `the daemon did not end within ${limitMs / 1_000} s, and is not waited for: what was acknowledged is stored`
  const timer = setTimeout(() => late.reject(new BitswapError('StopError', 'ERR_STOP', message)), limitMs)
  try {
    await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits for every one, whatever becomes of the others; rejects with the first failure. */
async function all(ends: readonly (Promise<void> | undefined)[]): Promise<void> {
  const outcomes = await Promise.allSettled(ends.filter((end) => end !== undefined))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
