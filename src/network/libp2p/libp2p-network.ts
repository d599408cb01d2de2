import type { Connection, PeerId as Libp2pPeerId, Stream } from '@libp2p/interface'
import { InvalidParametersError, NotStartedError, SendFailedError } from '../../errors.ts'
import { type PeerId, toPeerId } from '../../ids.ts'
import type { Message } from '../../message/message.ts'
import type { AbortOptions, Clock, Logger, Network, NetworkEvents, PeerFeatures, Provider, Timer } from '../../ports.ts'
import { withDeadline } from './deadline.ts'
import { isRemote } from './is-remote.ts'
import { type Libp2pNetworkOptions, resolveNetworkOptions } from './network-options.ts'
import { NetworkCounters, type NetworkStat } from './network-stat.ts'
import { OlderConnections } from './older-connections.ts'
import type { Libp2pParts } from './parts.ts'
import { BITSWAP_PROTOCOLS, featuresOf, speaksBitswap } from './protocols.ts'
import { type DialTarget, parseProvider } from './provider.ts'
import { ReadBudget, readLimits } from './read-budget.ts'
import { ReadingRoom } from './reading-room.ts'
import { openBitswapStream, RemotePeer, usableConnections } from './remote-peer.ts'

export interface Libp2pNetworkParts {
  readonly libp2p: Libp2pParts
  readonly clock: Clock
  readonly logger: Logger
}

/** Time for the peer store, which is a local file, and for libp2p to write down our protocols. */
const STORE_TIMEOUT_MS = 5_000
/** Pause between two looks at streams that are paused. */
const LOOK_EVERY_MS = 20

/** Carries bitswap messages over libp2p. See `Network` for what it promises. */
export class Libp2pNetwork implements Network {
  readonly #libp2p: Libp2pParts
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #options: Libp2pNetworkOptions
  readonly #counters = new NetworkCounters()
  readonly #budget: ReadBudget
  readonly #room = new ReadingRoom()
  readonly #older: OlderConnections
  /** Bounded: connected peers that speak bitswap. */
  readonly #peers = new Map<PeerId, RemotePeer>()
  /** Bounded: connected peers whose protocols are being looked up. */
  readonly #learning = new Set<PeerId>()
  /** Bounded: one for each protocol id. */
  #topologies: string[] = []
  /** Protocols that are ours to give back; another bitswap on the node keeps its own. Bounded: one for each protocol id. */
  readonly #handled: string[] = []
  #events: NetworkEvents | undefined
  #lookTimer: Timer | undefined

  constructor(parts: Libp2pNetworkParts, options: Partial<Libp2pNetworkOptions> = {}) {
    this.#libp2p = parts.libp2p
    this.#clock = parts.clock
    this.#logger = parts.logger
    this.#options = resolveNetworkOptions(options)
    this.#older = new OlderConnections({ ...parts, answerMs: this.#options.reconnectAnswerMs })
    this.#budget = new ReadBudget(readLimits(this.#options), () => this.#watchPaused())
  }

  async start(events: NetworkEvents): Promise<void> {
    if (this.#events !== undefined) return
    this.#events = events
    const streams = this.#options.maxStreamsPerConnection
    const settings = {
      maxInboundStreams: streams,
      maxOutboundStreams: streams,
      runOnLimitedConnection: this.#options.limitedConnections
    }
    this.#libp2p.events.addEventListener('peer:disconnect', this.#onDisconnect)
    this.#libp2p.events.addEventListener('connection:close', this.#onConnectionClose)
    this.#libp2p.events.addEventListener('connection:open', this.#onConnectionOpen)
    for (const protocol of BITSWAP_PROTOCOLS) {
      await this.#inTime(this.#libp2p.handle(protocol, this.#onStream, settings), 'registering bitswap')
      this.#handled.push(protocol)
      this.#topologies.push(await this.#inTime(this.#register(protocol), 'registering bitswap'))
    }
    // Peers that were connected before: libp2p tells of later ones only.
    for (const { remotePeer } of this.#libp2p.getConnections()) void this.#learn(remotePeer, [])
  }

  /** After it no event comes any more, not even `disconnected`. */
  async stop(): Promise<void> {
    if (this.#events === undefined) return
    this.#events = undefined
    this.#libp2p.events.removeEventListener('peer:disconnect', this.#onDisconnect)
    this.#libp2p.events.removeEventListener('connection:close', this.#onConnectionClose)
    this.#libp2p.events.removeEventListener('connection:open', this.#onConnectionOpen)
    for (const id of this.#topologies.splice(0)) this.#libp2p.unregister(id)
    const remotes = [...this.#peers.values()]
    this.#peers.clear()
    await Promise.all(remotes.map((remote) => remote.close()))
    for (const protocol of this.#handled.splice(0)) {
      await this.#inTime(this.#libp2p.unhandle(protocol), 'unregistering bitswap').catch((error: unknown) =>
        this.#logger.warn('bitswap could not be unregistered', { protocol, error })
      )
    }
  }

  async send(peer: PeerId, message: Message, options: AbortOptions = {}): Promise<number> {
    if (this.#events === undefined) throw new NotStartedError()
    const remote = this.#peers.get(peer)
    if (remote === undefined) throw new SendFailedError(`could not send to ${peer}: it is not connected`)
    return await remote.send(message, options.signal)
  }

  async connect(provider: Provider, options: AbortOptions = {}): Promise<PeerId> {
    if (this.#events === undefined) throw new NotStartedError()
    const target = parseProvider(provider)
    const known = target.peer === undefined ? undefined : toPeerId(target.peer)
    if (known !== undefined && this.#peers.has(known)) return known
    if (known !== undefined && !this.#events.admits(known)) throw new SendFailedError(`${known} is denied or banned`)
    const { signal } = options
    const name = known ?? target.addresses.join(', ')
    const deadline = { clock: this.#clock, ms: this.#options.connectTimeoutMs, what: `connecting to ${name}`, signal }
    try {
      return await withDeadline(deadline, (inner) => this.#dial(target, inner))
    } catch (cause) {
      if (signal?.aborted === true) throw signal.reason
      if (cause instanceof InvalidParametersError || cause instanceof NotStartedError) throw cause
      throw new SendFailedError(`could not connect to ${name}: ${explain(cause)}`, { cause })
    }
  }

  latencyMs(peer: PeerId): number | undefined {
    const remote = this.#peers.get(peer)
    if (remote === undefined) return undefined
    const times = this.#libp2p.getConnections(remote.id).flatMap(({ rtt }) => (rtt === undefined ? [] : [rtt]))
    return times.length === 0 ? undefined : Math.min(...times)
  }

  expel(peer: PeerId, reason: string): void {
    const remote = this.#peers.get(peer)
    const connections = this.#libp2p.getConnections().filter(({ remotePeer }) => toPeerId(remotePeer) === peer)
    if (remote !== undefined) this.#depart(remote.id)
    for (const connection of connections) connection.abort(new Error(reason))
  }

  stat(): NetworkStat {
    return { ...this.#counters.snapshot(), unreadBytes: this.#budget.heldBytes, peers: this.#peers.size }
  }

  /** Opening a stream tells for certain whether bitswap is spoken; identify may come later, or never. */
  async #dial(target: DialTarget, signal: AbortSignal): Promise<PeerId> {
    const where = target.addresses.length > 0 ? [...target.addresses] : target.peer
    if (where === undefined) throw new InvalidParametersError('a provider needs a peer id, an address, or both')
    const { remotePeer } = await this.#libp2p.dial(where, { signal })
    const peer = toPeerId(remotePeer)
    if (this.#peers.has(peer)) return peer
    const stream = await openBitswapStream({ libp2p: this.#libp2p, options: this.#options }, remotePeer, signal)
    const remote = signal.aborted ? undefined : this.#announce(remotePeer, featuresOf([stream.protocol]))
    if (remote === undefined) {
      stream.abort(new Error('nobody waits for this stream any more'))
      if (this.#events?.admits(peer) === false) throw new Error('it is denied or banned')
      throw new NotStartedError('the network was stopped')
    }
    remote.out.offer(stream)
    return peer
  }

  #register(protocol: string): Promise<string> {
    return this.#libp2p.register(protocol, {
      notifyOnLimitedConnection: this.#options.limitedConnections,
      // Exact, unlike libp2p's own filter, which may take one peer for another.
      filter: { has: (id) => this.#peers.has(toPeerId(id)), add: () => undefined, remove: () => undefined },
      onConnect: (id) => void this.#learn(id, [protocol]),
      onDisconnect: (id) => void this.#recheck(id)
    })
  }

  /** Attaches its listeners before anything is awaited: libp2p keeps few bytes for a stream that nobody listens to. */
  readonly #onStream = (stream: Stream, connection: Connection): void => {
    const remote = this.#announce(connection.remotePeer, featuresOf([stream.protocol]))
    if (remote === undefined) stream.abort(new Error('bitswap is not running'))
    else remote.accept(stream)
  }

  readonly #onDisconnect = (event: CustomEvent<Libp2pPeerId>): void => this.#depart(event.detail)

  readonly #onConnectionOpen = ({ detail }: CustomEvent<Connection>): void => {
    if (this.#peers.has(toPeerId(detail.remotePeer))) this.#older.check(detail)
  }

  readonly #onConnectionClose = (event: CustomEvent<Connection>): void => {
    if (!this.#isReachable(event.detail.remotePeer)) this.#depart(event.detail.remotePeer)
  }

  /** Looks up what a connected peer speaks, beside the protocols it is known for, and announces it. */
  async #learn(id: Libp2pPeerId, known: readonly string[]): Promise<void> {
    const peer = toPeerId(id)
    if (this.#peers.has(peer) || this.#learning.has(peer)) return
    this.#learning.add(peer)
    const protocols = [...known, ...(await this.#protocolsOf(id))]
    this.#learning.delete(peer)
    if (speaksBitswap(protocols)) this.#announce(id, featuresOf(protocols))
  }

  /**
   * libp2p says that a peer is gone or speaks bitswap no longer. It says so late, or from an old report: the peer may be
   * back, or its streams may show better.
   */
  async #recheck(id: Libp2pPeerId): Promise<void> {
    const protocols = this.#isReachable(id) ? await this.#protocolsOf(id) : []
    const talks = this.#isReachable(id) && this.#peers.get(toPeerId(id))?.talks === true
    if (!talks && !speaksBitswap(protocols)) this.#depart(id)
  }

  async #protocolsOf(id: Libp2pPeerId): Promise<readonly string[]> {
    try {
      return (await this.#inTime(this.#libp2p.peerStore.get(id), 'looking up a peer')).protocols
    } catch (error) {
      this.#logger.debug('the protocols of a peer are not known', { peer: id.toString(), error })
      return []
    }
  }

  /** Tells of a peer, unless that was done before; undefined when it is not connected or the network is stopped. */
  #announce(id: Libp2pPeerId, features: PeerFeatures): RemotePeer | undefined {
    const peer = toPeerId(id)
    const known = this.#peers.get(peer)
    const events = this.#events
    if (known !== undefined || events === undefined || !this.#isReachable(id)) return known
    if (!events.admits(peer)) {
      this.expel(peer, 'this peer is denied or banned')
      return undefined
    }
    const remote = new RemotePeer(id, peer, {
      libp2p: this.#libp2p,
      clock: this.#clock,
      logger: this.#logger,
      options: this.#options,
      budget: this.#budget,
      room: this.#room,
      counters: this.#counters,
      events,
      unsupported: () => this.#depart(id),
      struck: (reason) => events.struck(peer, reason),
      stuck: (reason) => this.expel(peer, reason)
    })
    this.#peers.set(peer, remote)
    remote.welcome()
    this.#logger.debug('a peer that speaks bitswap is connected', { peer })
    events.connected(peer, { ...features, isRemote: this.#isRemote(id) })
    return remote
  }

  #depart(id: Libp2pPeerId): void {
    const peer = toPeerId(id)
    const remote = this.#peers.get(peer)
    if (remote === undefined) return
    this.#peers.delete(peer)
    remote.abandon()
    this.#logger.debug('a peer that spoke bitswap is gone', { peer })
    this.#events?.disconnected(peer)
  }

  #isRemote(id: Libp2pPeerId): boolean {
    return usableConnections(this.#libp2p, id, this.#options.limitedConnections).every(({ remoteAddr }) =>
      isRemote(remoteAddr)
    )
  }

  #watchPaused(): void {
    this.#lookTimer ??= this.#clock.setTimer(LOOK_EVERY_MS, () => {
      this.#lookTimer = undefined
      if (this.#budget.look()) this.#watchPaused()
    })
  }

  #isReachable(id: Libp2pPeerId): boolean {
    return usableConnections(this.#libp2p, id, this.#options.limitedConnections).length > 0
  }

  #inTime<T>(work: Promise<T>, what: string): Promise<T> {
    return withDeadline({ clock: this.#clock, ms: STORE_TIMEOUT_MS, what }, () => work)
  }
}

function explain(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.name === 'UnsupportedProtocolError' ? 'it does not speak bitswap' : cause.message
}
