import type { CID } from 'multiformats/cid'
import {
  assemble,
  clientHost,
  exchangeViews,
  openSessions,
  withClientStore,
  type Actors,
  type BitswapParts
} from './assembly.ts'
import { BlockTooLargeError, NotStartedError } from './errors.ts'
import type {
  CidSource,
  Exchange,
  ExchangeLimits,
  ExchangePolicy,
  ExchangeStat,
  ExchangeTrust,
  FetchedBlock,
  GetOptions,
  LedgerView,
  OwnWantView,
  WantView
} from './exchange.ts'
import { IDENTITY_CODE } from './hashing/hash-codes.ts'
import { verifyBlock } from './hashing/verify-block.ts'
import { cidKey, toPeerId, type PeerId, type PeerIdLike } from './ids.ts'
import { Lifecycle } from './lifecycle.ts'
import { MAX_BLOCK_BYTES } from './message/limits.ts'
import type { Message } from './message/message.ts'
import type { ExchangeViews } from './insight/exchange-views.ts'
import type { AbortOptions, MaybePromise, NetworkEvents, PeerFeatures } from './ports.ts'
import type { OpenSessions } from './session/open-sessions.ts'
import type { SessionHandle } from './session/session-handle.ts'

/** The exchange: what users call, what the network tells, and the way of a message through the actors. No rules of its own. */
export class Bitswap implements Exchange, NetworkEvents {
  readonly policy: ExchangePolicy
  readonly limits: ExchangeLimits
  readonly trust: ExchangeTrust
  readonly insight: ExchangeViews
  readonly #parts: BitswapParts
  readonly #actors: Actors
  readonly #sessions: OpenSessions
  readonly #life: Lifecycle
  #messagesReceived = 0
  #messagesSent = 0
  #faults = 0

  constructor(parts: BitswapParts) {
    this.#parts = withClientStore(parts)
    this.#actors = assemble(this.#parts, {
      send: (peer, message, options) => this.#send(peer, message, options),
      enter: (peer, features) => this.#enter(peer, features),
      leave: (peer) => this.#leave(peer)
    })
    this.policy = this.#actors.rules
    this.limits = this.#actors.limits
    this.trust = this.#actors.trust
    this.#sessions = openSessions(this.#parts, this.#actors)
    this.insight = exchangeViews(this.#parts, this.#actors, this.#sessions)
    this.#life = this.#lifecycle()
    parts.client?.attach?.(clientHost(this.#parts, this.#actors))
  }

  start(): Promise<void> {
    return this.#life.start()
  }

  /** Ends open requests with `NotStartedError`, finishes what was acknowledged, writes the ledgers. */
  stop(): Promise<void> {
    return this.#life.stop()
  }

  // ── what users call ────────────────────────────────────────────────────────────────────────────────────────────

  async get(cid: CID, options: GetOptions = {}): Promise<Uint8Array> {
    const session = this.createSession(oneRequest(options))
    try {
      return await session.get(cid, { ...options, providers: undefined })
    } finally {
      session.close()
    }
  }

  /** Makes its session when the first block is asked for: a request that is never run leaves nothing behind. */
  async *getMany(cids: CidSource, options: GetOptions = {}): AsyncGenerator<FetchedBlock> {
    const session = this.createSession(oneRequest(options))
    try {
      yield* session.getMany(cids, { ...options, providers: undefined })
    } finally {
      session.close()
    }
  }

  createSession(options: GetOptions = {}): SessionHandle {
    this.#requireRunning()
    options.signal?.throwIfAborted()
    return this.#sessions.open(options)
  }

  async put(cid: CID, bytes: Uint8Array, options: AbortOptions = {}): Promise<void> {
    this.#requireRunning()
    options.signal?.throwIfAborted()
    if (bytes.byteLength > MAX_BLOCK_BYTES) {
      throw new BlockTooLargeError(`block of ${bytes.byteLength} bytes: bitswap carries at most ${MAX_BLOCK_BYTES}`)
    }
    verifyBlock(this.#parts.hashers, cid, bytes)
    if (cid.multihash.code === IDENTITY_CODE) return
    await this.#parts.blockstore.put(cid, bytes, options)
    this.#stored(cid, bytes, bytes.byteLength)
  }

  async notify(cids: Iterable<CID>): Promise<void> {
    this.#requireRunning()
    for (const cid of cids) {
      const wanted = this.#actors.wants.table.get(cidKey(cid)) !== undefined
      const bytes = wanted ? await this.#parts.blockstore.get(cid) : undefined
      const size = bytes?.byteLength ?? (await this.#parts.blockstore.size(cid))
      if (size !== undefined) this.#stored(cid, bytes, size)
    }
  }

  isAwaited(cid: CID): boolean {
    const key = cidKey(cid)
    return this.#actors.wants.table.get(key) !== undefined || this.#actors.engine.awaits(key)
  }

  wantlist(): readonly OwnWantView[] {
    return Array.from(this.#actors.wants.table.values(), ({ cid }) => ({ cid }))
  }

  wantlistOf(peer: PeerIdLike): readonly WantView[] {
    return this.#actors.engine.wantlistOf(toPeerId(peer))
  }

  ledger(peer: PeerIdLike): LedgerView | undefined {
    return this.#actors.ledger.get(toPeerId(peer))
  }

  ledgers(): readonly LedgerView[] {
    return this.#actors.ledger.all()
  }

  stat(): ExchangeStat {
    const { tally } = this.#actors.blocks
    const { blocksSent, dataSent } = this.#actors.engine.stat()
    return {
      wantlist: this.wantlist().map(({ cid }) => cid),
      partners: [...this.#actors.peers.peers()],
      blocksReceived: tally.blocks,
      dataReceived: tally.bytes,
      dupBlocksReceived: tally.duplicateBlocks,
      dupDataReceived: tally.duplicateBytes,
      unwantedBlocksReceived: tally.unwantedBlocks,
      unwantedDataReceived: tally.unwantedBytes,
      messagesReceived: this.#messagesReceived,
      messagesSent: this.#messagesSent,
      blocksSent,
      dataSent,
      faults: this.#faults + tally.faults
    }
  }

  // ── what the network says ──────────────────────────────────────────────────────────────────────────────────────

  connected(peer: PeerId, features: PeerFeatures): void {
    this.#actors.door.connected(peer, features)
  }

  disconnected(peer: PeerId): void {
    this.#actors.door.disconnected(peer)
  }

  admits(peer: PeerId): boolean {
    return this.#actors.door.admits(peer)
  }

  worth(peer: PeerId): number {
    return this.#actors.trust.worth(peer)
  }

  streamLost(peer: PeerId): void {
    this.#actors.wants.streamLost(peer)
  }

  readonly receiving: Required<NetworkEvents>['receiving'] = (peer, part) => this.#actors.peers.receiving(peer, part)

  faulted(_peer: PeerId, count: number): void {
    this.#faults += count
  }

  struck(peer: PeerId, reason: string): void {
    this.#actors.trust.struck(peer, reason)
  }

  /** The path of a message: presences, then the wantlist (a cancel must beat the waking of partners), then blocks. */
  received(peer: PeerId, message: Message): MaybePromise<void> {
    const { wants, engine, blocks, door, inflow } = this.#actors
    if (door.isOutside(peer)) return
    this.#messagesReceived++
    this.insight.meter?.messageReceived(message)
    this.#parts.client?.received?.(peer, message)
    for (const { key, have } of message.presences) wants.presence(peer, key, have)
    const told = engine.receivedWants(peer, message)
    if (message.blocks.length === 0) return told
    // Counted first: the blocks may get the peer banned, and then nothing more is kept of it.
    const paid = inflow.came(peer, message.blocks)
    return both(told, both(paid, blocks.received(peer, message.blocks)))
  }

  // ── wiring ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #lifecycle(): Lifecycle {
    const { hashers, network, logger } = this.#parts
    const { ledger, trust, engine, peers } = this.#actors
    return new Lifecycle({
      start: [
        () => hashers.load(),
        () => ledger.start(),
        () => trust.start(),
        () => engine.start(),
        () => network.start(this)
      ],
      stop: [
        () => this.#endRequests(),
        () => this.#actors.inflow.resume(),
        () => engine.stop(),
        () => network.stop(),
        () => [...peers.peers()].forEach((peer) => this.#leave(peer)),
        () => this.#actors.door.close(),
        () => trust.stop(),
        () => ledger.stop()
      ],
      onError: (error) => logger.error('bitswap did not stop cleanly', { error })
    })
  }

  #enter(peer: PeerId, features: PeerFeatures): void {
    const { outboxes, wants, engine, ledger, trust, peers } = this.#actors
    outboxes.connected(peer, wants)
    wants.connected(peer, features)
    engine.connected(peer, features)
    ledger.connected(peer)
    trust.connected(peer)
    peers.connected(peer, features)
  }

  #leave(peer: PeerId): void {
    const { outboxes, wants, engine, ledger, trust, peers, inflow } = this.#actors
    outboxes.disconnected(peer)
    wants.disconnected(peer)
    engine.disconnected(peer)
    ledger.disconnected(peer)
    // Before the peers forget how fast it was.
    trust.disconnected(peer)
    peers.disconnected(peer)
    inflow.disconnected(peer)
  }

  #endRequests(): void {
    this.#sessions.close(new NotStartedError('bitswap was stopped'))
    this.#actors.search.stop()
  }

  #stored(cid: CID, bytes: Uint8Array | undefined, size: number): void {
    const key = cidKey(cid)
    if (bytes !== undefined) this.#actors.wants.fulfil(key, bytes, undefined)
    this.#actors.engine.blocksStored([{ cid, key, size }])
  }

  #send(peer: PeerId, message: Message, options?: AbortOptions): Promise<number> {
    this.#messagesSent++
    const sending = this.#parts.network.send(peer, this.#parts.client?.sending?.(peer, message) ?? message, options)
    this.insight.meter?.messageSent(message, sending)
    return sending
  }

  #requireRunning(): void {
    if (!this.#life.isRunning) throw new NotStartedError()
  }
}

/** Of what a request is told, what its session has to know. */
function oneRequest({ providers, offline, broadcast, label = 'get' }: GetOptions): GetOptions {
  return { providers, offline, broadcast, label }
}

function both(one: MaybePromise<void>, other: MaybePromise<void>): MaybePromise<void> {
  if (one === undefined) return other
  return other === undefined ? one : one.then(() => other)
}
