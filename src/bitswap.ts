import type { CID } from 'multiformats/cid'
import { admit } from './blocks/admit.ts'
import { BlockRouter } from './blocks/block-router.ts'
import { Engine } from './engine/engine.ts'
import { debtRatio } from './engine/strategies/debt-ratio.ts'
import type { Strategy } from './engine/strategy.ts'
import { BlockTooLargeError, NotStartedError } from './errors.ts'
import type {
  CidSource,
  Exchange,
  ExchangeStat,
  FetchedBlock,
  GetOptions,
  LedgerView,
  OwnWantView,
  WantView
} from './exchange.ts'
import { IDENTITY_CODE } from './hashing/hash-codes.ts'
import { verifyBlock } from './hashing/verify-block.ts'
import { cidKey, toPeerId, type PeerId, type PeerIdLike } from './ids.ts'
import { LedgerBook } from './ledger/ledger-book.ts'
import { Lifecycle } from './lifecycle.ts'
import { MAX_BLOCK_BYTES } from './message/limits.ts'
import type { Message } from './message/message.ts'
import { Outboxes } from './network/outbox.ts'
import { resolveOptions, type BitswapOptions, type BitswapOptionsInit } from './options.ts'
import { PeerRouter } from './peers/peer-router.ts'
import { ProviderSearch } from './peers/provider-search.ts'
import type {
  AbortOptions,
  Blockstore,
  Clock,
  Hashers,
  LedgerStore,
  Logger,
  MaybePromise,
  Network,
  NetworkEvents,
  PeerFeatures,
  ProviderFinder
} from './ports.ts'
import { toProvider } from './provider.ts'
import { SessionHandle } from './session/session-handle.ts'
import { Session } from './session/session.ts'
import { WantManager } from './wants/want-manager.ts'

/** The world, as ports; and the rule by which scarce upload is divided. */
export interface BitswapParts {
  readonly network: Network
  readonly blockstore: Blockstore
  readonly hashers: Hashers
  readonly finder: ProviderFinder
  readonly clock: Clock
  readonly logger: Logger
  /** Without it, ledgers end with the process. */
  readonly ledgerStore?: LedgerStore | undefined
  readonly strategy?: Strategy | undefined
  readonly options?: BitswapOptionsInit | undefined
}

/** The composition root: makes the actors, introduces them to each other, and fans a message out. No rules of its own. */
export class Bitswap implements Exchange, NetworkEvents {
  readonly #parts: BitswapParts
  readonly #options: BitswapOptions
  readonly #peers: PeerRouter
  readonly #wants: WantManager
  readonly #blocks: BlockRouter
  readonly #engine: Engine
  readonly #ledger: LedgerBook
  readonly #outboxes: Outboxes
  readonly #search: ProviderSearch
  /** Bounded: sessions the user keeps open. */
  readonly #sessions = new Set<SessionHandle>()
  readonly #life: Lifecycle
  #messagesReceived = 0
  #messagesSent = 0
  #faults = 0

  constructor(parts: BitswapParts) {
    this.#parts = parts
    this.#options = resolveOptions(parts.options)
    const { blockstore, hashers, finder, clock, logger, network } = parts
    const { wants, session, peers, engine, ledger } = this.#options
    this.#peers = new PeerRouter(network, clock, peers, { ...session, maxWindow: wants.maxOutstandingPerPeer })
    this.#outboxes = new Outboxes({ network: { send: (...args) => this.#send(...args) }, clock, logger })
    this.#wants = new WantManager({ sender: this.#outboxes, peers: this.#peers, clock }, wants)
    this.#ledger = new LedgerBook({ store: parts.ledgerStore, clock, logger }, ledger)
    this.#engine = new Engine(
      {
        outbox: this.#outboxes,
        blockstore,
        ledger: this.#ledger,
        strategy: parts.strategy ?? debtRatio,
        clock,
        logger
      },
      engine
    )
    this.#blocks = new BlockRouter({
      wants: this.#wants,
      partners: this.#engine,
      ledger: this.#ledger,
      peers: this.#peers,
      blockstore,
      hashers,
      logger
    })
    const connect: PeerRouter['connect'] = (provider, signal) => this.#peers.connect(provider, signal)
    this.#search = new ProviderSearch({ finder, connect, logger }, session.maxProvidersPerSearch)
    this.#life = this.#lifecycle()
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
    const session = this.createSession({ providers: options.providers, offline: options.offline })
    try {
      return await session.get(cid, { ...options, providers: undefined })
    } finally {
      session.close()
    }
  }

  /** Makes its session when the first block is asked for: a request that is never run leaves nothing behind. */
  async *getMany(cids: CidSource, options: GetOptions = {}): AsyncGenerator<FetchedBlock> {
    const session = this.createSession({ providers: options.providers, offline: options.offline })
    try {
      yield* session.getMany(cids, { ...options, providers: undefined })
    } finally {
      session.close()
    }
  }

  createSession(options: GetOptions = {}): SessionHandle {
    this.#requireRunning()
    options.signal?.throwIfAborted()
    const providers = options.offline === true ? undefined : options.providers
    const hints = [...(providers ?? [])].map(toProvider)
    const { blockstore, clock, hashers, logger } = this.#parts
    const parts = { wants: this.#wants, peers: this.#peers, search: this.#search, blockstore, clock, logger }
    const session = new Session({ ...parts, options: this.#options.session }, hints)
    const handle: SessionHandle = new SessionHandle(
      {
        session,
        blockstore,
        options: this.#options.session,
        admit: (cid) => admit(cid, hashers),
        onClose: () => this.#sessions.delete(handle)
      },
      options.signal
    )
    this.#sessions.add(handle)
    return handle
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
      const wanted = this.#wants.table.get(cidKey(cid)) !== undefined
      const bytes = wanted ? await this.#parts.blockstore.get(cid) : undefined
      const size = bytes?.byteLength ?? (await this.#parts.blockstore.size(cid))
      if (size !== undefined) this.#stored(cid, bytes, size)
    }
  }

  isAwaited(cid: CID): boolean {
    const key = cidKey(cid)
    return this.#wants.table.get(key) !== undefined || this.#engine.awaits(key)
  }

  wantlist(): readonly OwnWantView[] {
    return Array.from(this.#wants.table.values(), ({ cid }) => ({ cid }))
  }

  wantlistOf(peer: PeerIdLike): readonly WantView[] {
    return this.#engine.wantlistOf(toPeerId(peer))
  }

  ledger(peer: PeerIdLike): LedgerView | undefined {
    return this.#ledger.get(toPeerId(peer))
  }

  ledgers(): readonly LedgerView[] {
    return this.#ledger.all()
  }

  stat(): ExchangeStat {
    const { tally } = this.#blocks
    const { blocksSent, dataSent } = this.#engine.stat()
    return {
      wantlist: this.wantlist().map(({ cid }) => cid),
      partners: [...this.#peers.peers()],
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
    this.#outboxes.connected(peer, this.#wants)
    this.#wants.connected(peer, features)
    this.#engine.connected(peer, features)
    this.#ledger.connected(peer)
    this.#peers.connected(peer, features)
  }

  disconnected(peer: PeerId): void {
    this.#outboxes.disconnected(peer)
    this.#wants.disconnected(peer)
    this.#engine.disconnected(peer)
    this.#ledger.disconnected(peer)
    this.#peers.disconnected(peer)
  }

  streamLost(peer: PeerId): void {
    this.#wants.streamLost(peer)
  }

  faulted(_peer: PeerId, count: number): void {
    this.#faults += count
  }

  /** The path of a message: presences, then the wantlist (a cancel must beat the waking of partners), then blocks. */
  received(peer: PeerId, message: Message): MaybePromise<void> {
    this.#messagesReceived++
    for (const { key, have } of message.presences) this.#wants.presence(peer, key, have)
    if (message.full || message.wants.length > 0 || message.cancels.length > 0) {
      this.#engine.receivedWants(peer, message)
    }
    if (message.blocks.length > 0) return this.#blocks.received(peer, message.blocks)
  }

  // ── wiring ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #lifecycle(): Lifecycle {
    const { hashers, network, logger } = this.#parts
    return new Lifecycle({
      start: [() => hashers.load(), () => this.#ledger.start(), () => this.#engine.start(), () => network.start(this)],
      stop: [
        () => this.#endRequests(),
        () => this.#engine.stop(),
        () => network.stop(),
        () => [...this.#peers.peers()].forEach((peer) => this.disconnected(peer)),
        () => this.#ledger.stop()
      ],
      onError: (error) => logger.error('bitswap did not stop cleanly', { error })
    })
  }

  #endRequests(): void {
    for (const session of [...this.#sessions]) session.close(new NotStartedError('bitswap was stopped'))
    this.#search.stop()
  }

  #stored(cid: CID, bytes: Uint8Array | undefined, size: number): void {
    const key = cidKey(cid)
    if (bytes !== undefined) this.#wants.fulfil(key, bytes, undefined)
    this.#engine.blocksStored([{ cid, key, size }])
  }

  #send(peer: PeerId, message: Message, options?: AbortOptions): Promise<number> {
    this.#messagesSent++
    return this.#parts.network.send(peer, message, options)
  }

  #requireRunning(): void {
    if (!this.#life.isRunning) throw new NotStartedError()
  }
}
