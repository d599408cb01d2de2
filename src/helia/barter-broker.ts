import type {
  BlockAnnounceOptions,
  BlockBroker,
  BlockRetrievalOptions,
  CreateSessionOptions,
  Routing
} from '@helia/interface'
import type { ComponentLogger, Connection, Libp2p, Startable } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import type { CID } from 'multiformats/cid'
import { BlockTooLargeError } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { NodeHashers } from '../hashing/hashers.ts'
import { libp2pLogger } from '../network/libp2p/libp2p-logger.ts'
import { createBitswap, type BitswapInit } from '../node/create-bitswap.ts'
import { systemClock } from '../node/system-clock.ts'
import type { Logger } from '../ports.ts'
import { AnnouncedBlocks } from './announced-blocks.ts'
import { HeliaFinder } from './helia-finder.ts'
import { BROKER_NAME, HeliaProgress } from './helia-progress.ts'
import { toProviderTexts } from './helia-providers.ts'
import { HeliaSession, type GetBlock } from './helia-session.ts'
import { HeliaStore } from './helia-store.ts'

/** What may be set for the exchange of a Helia node. Its stores, routing and log are those of the node. */
export type HeliaBitswapInit = Omit<BitswapInit, 'blockstore'>

/** What the broker needs of a Helia node. */
export interface BrokerComponents {
  readonly libp2p: Libp2p
  readonly blockstore: InterfaceBlockstore
  readonly datastore?: Datastore | undefined
  readonly routing: Pick<Routing, 'findProviders'>
  readonly logger: ComponentLogger
}

/** What can be seen of the exchange of a Helia node. */
export type HeliaExchange = Pick<Exchange, 'wantlist' | 'wantlistOf' | 'ledger' | 'ledgers' | 'stat'>

/** How long a session may be quiet before it is let go; Helia does not say when it is done with one. */
const SESSION_IDLE_MS = 30_000

/** Barter's exchange as a block broker of Helia, in the place of `@helia/bitswap`. */
export class BarterBroker implements BlockBroker, Startable {
  readonly name = BROKER_NAME
  readonly #libp2p: Libp2p
  readonly #exchange: Exchange
  readonly #store: HeliaStore
  readonly #hashers = new NodeHashers()
  readonly #announced: AnnouncedBlocks
  readonly #progress: HeliaProgress
  readonly #logger: Logger
  /** Bounded: sessions that were used a moment ago. */
  readonly #sessions = new Set<HeliaSession>()
  #running = false
  /** Between `start` and `stop`, whether libp2p runs yet or not. */
  #wanted = false

  constructor(components: BrokerComponents, init: HeliaBitswapInit = {}) {
    const { libp2p, blockstore, datastore, routing } = components
    this.#libp2p = libp2p
    this.#logger = libp2pLogger(components.logger, 'barter:helia')
    this.#progress = new HeliaProgress((peer) => isConnected(libp2p, peer), this.#logger)
    const missing = (cid: CID): void => this.#announced.missing(cid)
    this.#store = new HeliaStore(blockstore, { hashers: this.#hashers, logger: this.#logger, missing })
    const finder = new HeliaFinder(routing, libp2p, this.#progress)
    this.#exchange = createBitswap({ finder, datastore, ...init, libp2p, blockstore: this.#store })
    this.#announced = new AnnouncedBlocks({
      clock: systemClock,
      logger: this.#logger,
      has: (cid) => this.#store.isStored(cid),
      matters: (cid) => this.#store.isHeld(cid) || this.#exchange.isAwaited(cid),
      stored: async (cid) => {
        this.#store.release(cid)
        if (this.#running && this.#exchange.isAwaited(cid)) await this.#exchange.notify([cid])
      }
    })
  }

  /** Wantlists, ledgers and counters. */
  get exchange(): HeliaExchange {
    return this.#exchange
  }

  isStarted(): boolean {
    return this.#running
  }

  /** Begins to trade; with a libp2p node that does not run yet, as soon as it does. */
  async start(): Promise<void> {
    this.#wanted = true
    if (this.#libp2p.status === 'started') await this.#begin()
    else this.#libp2p.addEventListener('start', this.#onLibp2pStart, { once: true })
  }

  /** Helia calls this more than once. */
  async stop(): Promise<void> {
    this.#libp2p.removeEventListener('start', this.#onLibp2pStart)
    this.#libp2p.removeEventListener('connection:open', this.#onConnection)
    this.#wanted = false
    this.#running = false
    for (const session of [...this.#sessions]) session.close()
    this.#announced.stop()
    await this.#exchange.stop()
  }

  /** A block from a peer. It is verified; Helia stores it, and announces it then. */
  async retrieve(cid: CID, options: BlockRetrievalOptions = {}): Promise<Uint8Array> {
    return await this.#retrieve(cid, options, (wanted, how) => this.#exchange.get(wanted, { ...how, label: 'helia' }))
  }

  /** The block is stored, or about to be: partners that wait for it get it as soon as it is. */
  announce(cid: CID, options: BlockAnnounceOptions = {}): Promise<void> {
    options.signal?.throwIfAborted()
    if (this.#running) this.#announced.announce(cid)
    return Promise.resolve()
  }

  /** Blocks that belong together. Peers are found and chosen by the exchange, however many `minProviders` says. */
  createSession(options: CreateSessionOptions = {}): HeliaSession {
    return new HeliaSession(
      {
        clock: systemClock,
        createSession: (how) => this.#exchange.createSession({ ...how, label: 'helia session' }),
        retrieve: (...args) => this.#retrieve(...args),
        announce: (...args) => this.announce(...args),
        opened: (session) => this.#sessions.add(session),
        closed: (session) => this.#sessions.delete(session),
        idleMs: SESSION_IDLE_MS
      },
      options.providers,
      options.offline === true
    )
  }

  async #retrieve(cid: CID, options: BlockRetrievalOptions, get: GetBlock): Promise<Uint8Array> {
    const { signal, onProgress, maxSize = Infinity } = options
    const providers = toProviderTexts(options.providers)
    const following = onProgress === undefined ? undefined : this.#progress.follow(cid, onProgress, providers)
    try {
      const bytes = await get(cid, { signal, providers, onProgress: following?.tell })
      if (bytes.byteLength > maxSize) {
        throw new BlockTooLargeError(`block ${cid.toString()} of ${bytes.byteLength} bytes: at most ${maxSize} allowed`)
      }
      await options.validateFn?.(bytes)
      return bytes
    } finally {
      following?.end()
    }
  }

  async #begin(): Promise<void> {
    await this.#hashers.load()
    // Stopped meanwhile; a stop that comes later finds the exchange starting, and waits for it.
    if (!this.#wanted) return
    this.#libp2p.addEventListener('connection:open', this.#onConnection)
    await this.#exchange.start()
    this.#running = this.#wanted
  }

  readonly #onConnection = (event: CustomEvent<Connection>): void => this.#progress.connected(event.detail)

  readonly #onLibp2pStart = (): void => {
    this.#begin().catch((error: unknown) => this.#logger.error('bitswap could not be started', { error }))
  }
}

function isConnected(libp2p: Libp2p, peer: string): boolean {
  return libp2p.getConnections(peerIdFromString(peer)).length > 0
}
