import type { Libp2p, ServiceMap } from '@libp2p/interface'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import type { InsightService } from '../api/service/insight-service.ts'
import type { StorePart } from '../api/service/insight-snapshot.ts'
import type { PeerService } from '../api/service/peer-service.ts'
import type { Exchange } from '../exchange.ts'
import { secretsOf } from './config/secrets.ts'
import { createHashers } from '../hashing/hashers.ts'
import { Closers } from './closers.ts'
import { hardLimit } from './connectivity/connection-trimmer.ts'
import type { BaseServices } from './libp2p/libp2p-defaults.ts'
import { KeptRules } from './repo/kept-rules.ts'
import { LiveSettings, type LiveParts } from './service/live-settings.ts'
import { LocalConfig } from './service/local-config.ts'
import { LocalLog } from './service/local-log.ts'
import { LocalService, type LocalServiceParts } from './service/local-service.ts'
import type { PeerInit, PlainInit } from './peer-init.ts'
import { openPeerStores, type PeerStores } from './peer-stores.ts'
import type { Repo } from './repo/repo.ts'
import { damageSince, shownStore } from './service/shown-store.ts'
import { startPeer, type RunningParts } from './start-peer.ts'

/** A whole peer: libp2p, stores and bitswap with the daemon's defaults. */
export interface Peer<S extends ServiceMap = BaseServices> {
  /** The application may handle protocols of its own on it: `peer.libp2p.handle(…)`. */
  readonly libp2p: Libp2p<S & BaseServices>
  readonly blockstore: InterfaceBlockstore
  readonly datastore: Datastore
  readonly bitswap: Exchange
  /** Files, blocks, connections and figures, as the command line and the HTTP API offer them. */
  readonly service: PeerService & { readonly insight: InsightService }
  readonly repo: Repo | undefined
  /** Fingerprint of the key of a private swarm; undefined in public. */
  readonly swarmKeyFingerprint: string | undefined
  /** Leaves the network and closes what was opened. A stopped peer stays stopped; calling it twice is harmless. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Makes a peer and starts it. Whatever fails, nothing is left open. */
export async function createPeer<S extends ServiceMap = BaseServices>(init: PeerInit<S> = {}): Promise<Peer<S>> {
  const hashers = await createHashers()
  const stores = await openPeerStores(init, hashers)
  const closers = new Closers()
  closers.add(async () => await stores.repo?.close())
  try {
    const running = await startPeer(init, stores, closers)
    const { libp2p, bitswap, swarmKey } = running
    const { blockstore, datastore, repo } = stores
    const stop = closers.close
    const service = createService(init, stores, running, { hashers, shutdown: init.shutdown ?? (() => void stop()) })
    const swarmKeyFingerprint = swarmKey?.fingerprint
    const end = { stop, [Symbol.asyncDispose]: stop }
    return { libp2p, blockstore, datastore, bitswap, service, repo, swarmKeyFingerprint, ...end }
  } catch (error) {
    await closers.close()
    throw error
  }
}

/** All parts of the peer as one service. */
function createService(
  { log, quiet: isQuiet, policy }: PlainInit,
  stores: PeerStores,
  running: RunningParts,
  more: Required<Pick<LocalServiceParts, 'hashers' | 'shutdown'>>
): LocalService {
  const { blockstore, blocks, keeping, repo, settings } = stores
  const { libp2p, bitswap: exchange, connectivity, routing, bootstrap, automatic, swarmKey } = running
  const kept = { initial: settings.bitswap.rules, own: policy?.rules ?? [], file: repo?.paths.config }
  const rules = new KeptRules(kept)
  return new LocalService({
    ...more,
    root: repo?.paths.root ?? '',
    storageMax: repo?.config.storage.storageMax ?? '',
    peerId: libp2p.peerId,
    blockstore,
    blocks,
    keeping,
    automatic,
    bootstrap,
    savePolicy: (edit) => rules.save(edit),
    config: configOf(stores, { libp2p, exchange, connectivity, bootstrap, rules, log: log?.sink }),
    log: log && new LocalLog(log.sink),
    shown: { store: () => shownStoreOf(stores), damageSince: () => damageSince(stores.repo?.storeStats() ?? []) },
    online: {
      libp2p,
      exchange,
      connectivity,
      routing,
      maxConnections: hardLimit(settings.swarm.connections),
      isQuiet,
      isServing: settings.bitswap.options.engine?.enabled,
      swarmKeyFingerprint: swarmKey?.fingerprint
    }
  })
}

/** The config file of a repo, whose changes take hold here as far as they can. */
function configOf({ repo, settings }: PeerStores, parts: Omit<LiveParts, 'settings'>): LocalConfig | undefined {
  if (repo === undefined) return undefined
  const live = new LiveSettings({ ...parts, settings })
  return new LocalConfig({
    config: repo.config,
    apply: (keys, next) => live.apply(keys, next),
    check: (keys, next) => live.check(keys, next),
    learned: ({ merged }) => parts.log?.hide('config', secretsOf(merged))
  })
}

function shownStoreOf({ repo, storage }: PeerStores): Partial<StorePart> {
  return repo === undefined || storage === undefined ? {} : shownStore(storage, repo.storeStats())
}
