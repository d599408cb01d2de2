import { stat, statfs } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConfigEntry } from '../../api/service/config-service.ts'
import type { Finding } from '../../api/service/insight-service.ts'
import { BitswapError, StoreError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import type { AbortOptions } from '../../ports.ts'
import type { ProvideStat } from '../../api/service/routing-service.ts'
import { strangersNote } from '../config/strangers.ts'
import { lostSwarmKey } from '../connectivity/swarm-mark.ts'
import { reasonOf, systemCode } from '../repo/repo-error.ts'
import { repoPaths } from '../repo/repo-path.ts'
import type { BrokenPin } from './examine-pins.ts'
import { peerFindings, type PeerFacts, type RepoFacts, type RunningFacts } from './peer-findings.ts'

export interface ExaminePeerParts {
  /** Where the repo lies; empty for none. */
  readonly root: string
  /** `Datastore.StorageMax` in bytes. */
  readonly maxBytes: number | undefined
  /** Bytes stored, as far as they were counted. */
  readonly usedBytes: () => number | undefined
  /** Resolves when the store can be written and read. */
  readonly check: (options: AbortOptions) => Promise<void>
  /** CIDs of the blocks that are known to be damaged. */
  readonly damaged: (options: AbortOptions) => AsyncIterable<string>
  /** A pin of which something is missing, as far as was looked at. */
  readonly brokenPin?: ((options: AbortOptions) => Promise<BrokenPin | undefined>) | undefined
  /** What reads found damaged since the start, and what of it came again. */
  readonly damageSince?: (() => NonNullable<RepoFacts['damageSince']>) | undefined
  /** Every setting of the config file; left out where there is none. */
  readonly settings?: (() => Promise<readonly Pick<ConfigEntry, 'key'>[]>) | undefined
  /** When this process began, on both clocks. */
  readonly started: { readonly epochMs: number; readonly monotonicMs: number }
  readonly online: OnlineParts | undefined
}

export interface OnlineParts {
  readonly exchange: Pick<Exchange, 'insight' | 'trust' | 'stat'>
  readonly isOffline: boolean
  readonly listening: () => number
  readonly connections: () => number
  readonly bootstrap: () => number
  readonly missingKept: () => readonly string[]
  readonly privateSwarm: string | undefined
  readonly routingOff: () => string | undefined
  readonly provideStat: () => ProvideStat | Promise<ProvideStat>
}

/** How long the event loop is watched, in milliseconds. */
const WATCH_MS = 300
/** Wants that are looked at, the oldest ones. */
const MAX_WANTS = 5_000

/** Finds out how this peer is doing. */
export async function examinePeer(parts: ExaminePeerParts, signal?: AbortSignal): Promise<readonly Finding[]> {
  const { root, started, online } = parts
  const facts: PeerFacts = {
    repo: root === '' ? undefined : await examineRepo(parts, signal),
    clock: { epochMs: Date.now(), jumpedMs: Date.now() - started.epochMs - (performance.now() - started.monotonicMs) },
    running: online && (await examineRunning(online, signal))
  }
  return peerFindings(facts)
}

async function examineRepo(parts: ExaminePeerParts, signal?: AbortSignal): Promise<RepoFacts> {
  const { root, maxBytes, usedBytes, check } = parts
  const paths = repoPaths(root)
  const modes = await Promise.all(
    [paths.root, paths.config, paths.apiToken, paths.swarmKey, paths.swarmMark].map(modeOf)
  )
  const files = modes.flatMap((mode) => (mode === undefined ? [] : [mode]))
  const isThere = (path: string): boolean => files.some((file) => file.path === path)
  return {
    path: root,
    open: process.platform === 'win32' ? [] : files.filter(({ mode }) => (mode & 0o077) !== 0),
    missing: [paths.root, paths.config].filter((path) => !isThere(path)),
    lostSwarmKey: isThere(paths.swarmKey) ? undefined : await lostSwarmKey(paths),
    freeBytes: await statfs(root).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => undefined
    ),
    usedBytes: usedBytes(),
    maxBytes,
    damageSince: parts.damageSince?.(),
    strangers: strangersNote((await parts.settings?.()) ?? []),
    ...(await check({ signal })
      .then(() => damageFacts(parts, signal))
      .catch((error: unknown) => {
        // It ran out of time: the store did not fail.
        signal?.throwIfAborted()
        return storeFacts(error)
      }))
  }
}

/** Told by their number and the first of them. What is damaged is below some pin, mostly: that is not told of twice. */
async function damageFacts(
  { damaged, brokenPin }: ExaminePeerParts,
  signal?: AbortSignal
): Promise<Pick<RepoFacts, 'damaged' | 'brokenPin'>> {
  let [count, first] = [0, '']
  for await (const cid of damaged({ signal })) {
    if (count === 0) first = cid
    count += 1
  }
  return count === 0 ? { brokenPin: await brokenPin?.({ signal }) } : { damaged: { count, first } }
}

/** Stores that were not opened say so, with what to do about it. */
function storeFacts(error: unknown): Pick<RepoFacts, 'closed' | 'storeError'> {
  const cause = error instanceof Error ? error.cause : undefined
  const isTold = cause instanceof BitswapError && !(cause instanceof StoreError)
  return isTold ? { closed: cause.message } : { storeError: reasonOf(error) }
}

async function modeOf(path: string): Promise<{ readonly path: string; readonly mode: number } | undefined> {
  try {
    return { path, mode: (await stat(path)).mode & 0o777 }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function examineRunning(online: OnlineParts, signal?: AbortSignal): Promise<RunningFacts> {
  const { exchange } = online
  const { info } = await online.provideStat()
  const wants = exchange.insight.wants(MAX_WANTS)
  return {
    listening: online.listening(),
    isOffline: online.isOffline,
    connections: online.connections(),
    partners: exchange.stat().partners.length,
    bootstrap: online.bootstrap(),
    missingKept: online.missingKept(),
    privateSwarm: online.privateSwarm,
    routingOff: online.routingOff(),
    loopDelayMs: await loopDelay(signal),
    wants: exchange.insight.wantCount,
    stuckWants: wants.filter(({ stuckBecause }) => stuckBecause !== undefined).length,
    providingBehindMs: info?.behindMs ?? 0,
    providingError: info?.lastError,
    providingWaits: info?.state === 'waiting' && info.queued > 0,
    banned: exchange.trust.all().filter(({ banned }) => banned !== undefined).length,
    limitsReached: exchange.insight.refused().filter(({ by, count }) => by === 'limit' && count > 0)
  }
}

async function loopDelay(signal?: AbortSignal): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 10 })
  delays.enable()
  await sleep(WATCH_MS, undefined, { signal })
  delays.disable()
  return delays.percentile(99) / 1e6
}
