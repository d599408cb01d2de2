import type { Libp2p, PeerId } from '@libp2p/interface'
import { libp2pLogger } from '../../network/libp2p/libp2p-logger.ts'
import type { Settings } from '../config/schema.ts'
import type { ConnectionsConfig } from '../config/connections-section.ts'
import type { KeptPeer } from '../config/discovery-section.ts'
import { systemClock } from '../system-clock.ts'
import type { BootstrapList } from './bootstrap-list.ts'
import { Bootstrapper } from './bootstrapper.ts'
import { byPeer } from './by-peer.ts'
import { ConnectionTrimmer } from './connection-trimmer.ts'
import { KeptConnections } from './kept-connections.ts'
import { Libp2pDialler } from './libp2p-dialler.ts'
import { LonelyWatch, type LonelyWatchParts } from './lonely-watch.ts'
import { PEER_STORE_LIMITS, PeerStoreBound } from './peer-store-bound.ts'

export interface ConnectivityParts {
  readonly libp2p: Libp2p
  readonly settings: Settings
  /** Dial whom the config names. An offline daemon, and a command that needs a peer for a moment, do not. */
  readonly isDialling: boolean
  readonly bootstrap: BootstrapList
  /** In a private swarm: the key of which, and whom to tell when it stays empty. */
  readonly privateSwarm?: Pick<LonelyWatchParts, 'fingerprint' | 'warn'> | undefined
}

const random = { next: () => Math.random() }

/** Who this peer is connected to: begins with some, stays with some, and lets go of those that are too many. */
export class Connectivity {
  readonly kept: KeptConnections
  readonly #libp2p: Libp2p
  #settings: Settings
  readonly #isDialling: boolean
  readonly #bootstrapper: Bootstrapper
  readonly #trimmer: ConnectionTrimmer
  readonly #peerStore: PeerStoreBound
  readonly #lonely: LonelyWatch | undefined

  constructor({ libp2p, settings, isDialling, bootstrap, privateSwarm }: ConnectivityParts) {
    const common = { clock: systemClock, random, logger: libp2pLogger(libp2p.logger) }
    const dialler = new Libp2pDialler(libp2p)
    this.#libp2p = libp2p
    this.#settings = settings
    this.#isDialling = isDialling
    this.kept = new KeptConnections({ ...common, dialler })
    const connectedPeers = (): number => libp2p.getPeers().length
    const isKept = (peer: string): boolean => this.kept.has(peer)
    this.#bootstrapper = new Bootstrapper({
      ...common,
      dialler,
      list: () => bootstrap.list(),
      connectedPeers
    })
    this.#lonely = privateSwarm && new LonelyWatch({ ...common, connectedPeers, ...privateSwarm })
    this.#trimmer = new ConnectionTrimmer({ ...common, libp2p, limits: settings.swarm.connections, isKept })
    this.#peerStore = new PeerStoreBound({ ...common, libp2p, limits: PEER_STORE_LIMITS, isKept })
  }

  async start(): Promise<void> {
    this.#libp2p.addEventListener('peer:connect', this.#onConnect)
    this.#libp2p.addEventListener('peer:disconnect', this.#onDisconnect)
    for (const peer of configured(this.#settings, this.#self)) await this.kept.add(peer)
    this.#trimmer.start()
    this.#peerStore.start()
    if (!this.#isDialling) return
    this.kept.start()
    this.#bootstrapper.start()
    this.#lonely?.start()
  }

  async stop(): Promise<void> {
    this.#libp2p.removeEventListener('peer:connect', this.#onConnect)
    this.#libp2p.removeEventListener('peer:disconnect', this.#onDisconnect)
    this.kept.stop()
    this.#bootstrapper.stop()
    this.#lonely?.stop()
    this.#trimmer.stop()
    await this.#peerStore.stop()
  }

  /** To be called when the bootstrap list has grown. */
  bootstrapChanged(): void {
    this.#bootstrapper.nudge()
  }

  /** Other peers to stay with, by other settings; those that were added by command stay. */
  async configure(settings: Settings): Promise<void> {
    const wanted = configured(settings, this.#self)
    const names = new Set(wanted.map(({ peer }) => peer))
    for (const { peer } of configured(this.#settings, this.#self)) {
      if (!names.has(peer)) await this.kept.remove(peer)
    }
    this.#settings = settings
    for (const peer of wanted) await this.kept.add(peer)
  }

  limitConnections(limits: ConnectionsConfig): void {
    this.#trimmer.limit(limits)
  }

  get #self(): string {
    return this.#libp2p.peerId.toString()
  }

  readonly #onConnect = ({ detail }: CustomEvent<PeerId>): void => this.kept.connected(detail.toString())

  readonly #onDisconnect = ({ detail }: CustomEvent<PeerId>): void => this.kept.disconnected(detail.toString())
}

/** Peers to stay with; one that is named twice has the addresses of both. */
function configured({ discovery, swarm }: Settings, self: string): readonly KeptPeer[] {
  const relays = swarm.relayClient.enabled ? byPeer(swarm.relayClient.staticRelays) : []
  const all = new Map<string, KeptPeer>()
  for (const { peer, addresses } of [...discovery.peering, ...relays]) {
    all.set(peer, { peer, addresses: [...(all.get(peer)?.addresses ?? []), ...addresses] })
  }
  return [...all.values()].filter(({ peer }) => peer !== self)
}
