import type { Libp2p, PeerId } from '@libp2p/interface'
import { parseBytes } from '../../api/formats/byte-size.ts'
import type { ConfigEntry } from '../../api/service/config-service.ts'
import type { GcStatus } from '../../api/service/content-service.ts'
import type { DiagnosticsService } from '../../api/service/diagnostics-service.ts'
import type { DiagnoseOptions, Diagnosis, InsightService } from '../../api/service/insight-service.ts'
import type { RefusedRow, StorePart } from '../../api/service/insight-snapshot.ts'
import type { LogService } from '../../api/service/log-service.ts'
import type { Exchange } from '../../exchange.ts'
import type { AbortOptions, Hashers, MaybePromise } from '../../ports.ts'
import type { Connectivity } from '../connectivity/connectivity.ts'
import { examinePath } from '../doctor/examine-path.ts'
import { examinePeer, type ExaminePeerParts } from '../doctor/examine-peer.ts'
import { findBrokenPin, type ExaminePinsParts } from '../doctor/examine-pins.ts'
import { LocalInsight } from '../service/local-insight.ts'
import type { PeerRouting } from '../routing/peer-routing.ts'
import { gcPart } from './gc-part.ts'
import { OfflineInsight } from './offline-insight.ts'
import type { StoreCounts } from './store-counts.ts'

/** The network side of a peer. */
export interface OnlineParts {
  readonly libp2p: Libp2p
  readonly exchange: Exchange
  readonly connectivity: Connectivity
  readonly routing: PeerRouting
  /** Contacts nobody by itself; it does if left out. */
  readonly isQuiet?: boolean | undefined
  /** Serves others; it does if left out. */
  readonly isServing?: boolean | undefined
  /** Of the key of a private swarm. */
  readonly swarmKeyFingerprint?: string | undefined
}

/** What shows itself. */
export interface InsightInit {
  readonly root: string
  readonly storageMax: string
  readonly agent: string
  readonly peerId: PeerId
  readonly hashers: Hashers
  readonly keeping: ExaminePinsParts['keeping']
  readonly bootstrap: { list(): readonly string[] }
  readonly counts: Pick<StoreCounts, 'get'>
  readonly diagnostics: Pick<DiagnosticsService, 'check'>
  readonly online: OnlineParts | undefined
  readonly log?: LogService | undefined
  readonly gc: () => MaybePromise<GcStatus>
  /** CIDs of the blocks that are known to be damaged. */
  readonly damaged: (options: AbortOptions) => AsyncIterable<string>
  /** Every setting of the config file; left out where there is none. */
  readonly settings?: (() => Promise<readonly ConfigEntry[]>) | undefined
  /** What the store is, and does. */
  readonly store?: (() => Partial<StorePart>) | undefined
  /** Blocks that its stores found damaged since the start. */
  readonly damageSince?: ExaminePeerParts['damageSince']
  /** What the node refuses, before bitswap sees it. */
  readonly refused?: (() => readonly RefusedRow[]) | undefined
}

/** What a peer of this process shows of itself; without its network side, how it is doing. */
export function createInsight(init: InsightInit): InsightService {
  const { online, root, storageMax, counts } = init
  const started = { epochMs: Date.now(), monotonicMs: performance.now() }
  const maxBytes = parseBytes(storageMax)
  const diagnose = async (path: string | undefined, { signal, withinMs }: DiagnoseOptions): Promise<Diagnosis> => {
    const endAt = withinMs === undefined ? undefined : performance.now() + withinMs
    if (path !== undefined) return await examinePath({ ...init, online: blockOnline(online), endAt }, path, signal)
    const check: DiagnosticsService['check'] = (options) => init.diagnostics.check(options)
    const usedBytes = (): number | undefined => counts.get()?.bytes
    const { damaged, damageSince, settings } = init
    const brokenPin: ExaminePeerParts['brokenPin'] = (options) => findBrokenPin(init, options)
    const store = { root, maxBytes, usedBytes, check, damaged, brokenPin, damageSince, settings }
    return { findings: await examinePeer({ ...store, started, online: peerOnline(init) }, signal) }
  }
  if (online === undefined) return new OfflineInsight(diagnose)
  const { libp2p, exchange, connectivity, routing } = online
  return new LocalInsight({
    libp2p,
    exchange,
    agent: init.agent,
    startedAt: Math.round(Date.now() - process.uptime() * 1_000),
    isServing: online.isServing !== false,
    isKept: (peer) => connectivity.kept.has(peer),
    routing: { type: routing.type, off: () => routing.off },
    provideStat: () => routing.service.provideStat(),
    store: async () => ({ ...NO_STORE, ...counts.get(), maxBytes, gc: gcPart(await init.gc()), ...init.store?.() }),
    refused: init.refused,
    swarmKeyFingerprint: online.swarmKeyFingerprint,
    log: init.log,
    localBlocks: init,
    diagnose
  })
}

const NO_STORE: StorePart = { spec: '', caches: [], io: [], gc: { state: 'off' } }

function blockOnline(online: InsightInit['online']) {
  if (online === undefined) return undefined
  const { exchange, libp2p, routing, swarmKeyFingerprint } = online
  return {
    exchange,
    connections: () => libp2p.getConnections().length,
    routingOff: () => routing.off,
    privateSwarm: swarmKeyFingerprint
  }
}

function peerOnline({ online, bootstrap }: InsightInit) {
  if (online === undefined) return undefined
  const { libp2p, exchange, connectivity, routing, isQuiet = false, swarmKeyFingerprint } = online
  return {
    exchange,
    isOffline: isQuiet,
    listening: () => libp2p.getMultiaddrs().length,
    connections: () => libp2p.getConnections().length,
    bootstrap: () => bootstrap.list().length,
    missingKept: () => {
      const connected = new Set(libp2p.getPeers().map(String))
      return connectivity.kept.list().flatMap(({ peer }) => (connected.has(peer) ? [] : [peer]))
    },
    privateSwarm: swarmKeyFingerprint,
    routingOff: () => routing.off,
    provideStat: () => routing.service.provideStat()
  }
}
