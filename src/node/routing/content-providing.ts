/** Tells the routing systems what this peer has: from what is stored here, as `Provide.Strategy` says. */
import type { Libp2p } from '@libp2p/interface'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import type { CID } from 'multiformats/cid'
import { libp2pLogger } from '../../network/libp2p/libp2p-logger.ts'
import type { Pinner } from '../../content/pinner.ts'
import type { AbortOptions, Blockstore } from '../../ports.ts'
import type { CompositeRouter } from '../../routing/composite-router.ts'
import type { ProvidedSource } from '../../routing/providing/provided-source.ts'
import { ProvideStore } from '../../routing/providing/provide-store.ts'
import { Providing } from '../../routing/providing/providing.ts'
import type { ProvideConfig } from '../config/provide-section.ts'
import { systemClock } from '../system-clock.ts'

/** What is told when something is stored here. */
export interface ProvidedContent {
  /** A new pin; all that it keeps is stored. */
  pinned(cid: CID, recursive: boolean): Promise<void>
  /** Blocks, of whatever. */
  stored(cids: readonly CID[]): Promise<void>
}

export interface ContentProvidingParts {
  readonly libp2p: Libp2p
  readonly router: CompositeRouter
  readonly blockstore: InterfaceBlockstore
  readonly blocks: Pick<Blockstore, 'size'>
  readonly datastore: Datastore
  readonly pinner: Pinner
  readonly config: ProvideConfig
}

export class ContentProviding implements ProvidedContent {
  readonly #parts: ContentProvidingParts
  readonly #stopping = new AbortController()
  /** What is below new pins, being announced one after the other. */
  #announcing: Promise<void> = Promise.resolve()
  /** Undefined when nothing is provided by itself. */
  readonly #providing: Providing | undefined
  readonly #onConnect = (): void => this.#providing?.hope()

  constructor(parts: ContentProvidingParts) {
    const { router, config, libp2p, datastore } = parts
    this.#parts = parts
    if (config.strategy === 'none' || !router.canProvide) return
    const logger = libp2pLogger(libp2p.logger, 'barter:providing')
    const store = new ProvideStore(datastore)
    const { intervalMs, workers } = config
    this.#providing = new Providing(
      { router, source: this.#source(), store, clock: systemClock, logger },
      { intervalMs, workers }
    )
  }

  get providing(): Providing | undefined {
    return this.#providing
  }

  /** Wants to hear of each block that the exchange stores; undefined when blocks are not provided one by one. */
  get blockStored(): ((cid: CID) => void) | undefined {
    const providing = this.#providing
    if (providing === undefined || this.#parts.config.strategy !== 'all') return undefined
    return (cid) => providing.noticed(cid)
  }

  async start(): Promise<void> {
    this.#parts.libp2p.addEventListener('peer:connect', this.#onConnect)
    await this.#providing?.start()
  }

  async stop(): Promise<void> {
    this.#parts.libp2p.removeEventListener('peer:connect', this.#onConnect)
    this.#stopping.abort(new Error('this peer stops'))
    await this.#announcing
    await this.#providing?.stop()
  }

  /** With `pinned`, what is below is announced after this resolved; what a stop leaves out is found in the next cycle. */
  async pinned(cid: CID, recursive: boolean): Promise<void> {
    const { strategy } = this.#parts.config
    await this.#providing?.announce(cid)
    if (strategy !== 'pinned' || !recursive || this.#providing === undefined) return
    this.#announcing = this.#announcing.then(() => this.#announceBelow(cid)).catch(() => undefined)
  }

  async stored(cids: readonly CID[]): Promise<void> {
    if (this.#parts.config.strategy !== 'all') return
    for (const cid of cids) await this.#providing?.announce(cid)
  }

  #source(): ProvidedSource {
    const { strategy } = this.#parts.config
    if (strategy === 'all') return { all: (options) => this.#all(options) }
    return strategy === 'pinned'
      ? { all: (options) => this.#pinned(options) }
      : { all: (options) => this.#held(options) }
  }

  async *#all({ signal }: AbortOptions = {}): AsyncGenerator<CID> {
    for await (const { cid } of this.#parts.blockstore.getAll()) {
      signal?.throwIfAborted()
      yield cid
    }
  }

  /** The roots of pins that are here. */
  async *#held(options: AbortOptions = {}): AsyncGenerator<CID> {
    for await (const { cid } of this.#parts.pinner.all(options)) {
      if ((await this.#parts.blocks.size(cid)) !== undefined) yield cid
    }
  }

  /** Every block that a pin keeps. */
  async *#pinned(options: AbortOptions = {}): AsyncGenerator<CID> {
    yield* this.#held(options)
    yield* this.#parts.pinner.indirect(options)
  }

  async #announceBelow(root: CID): Promise<void> {
    const { signal } = this.#stopping
    for await (const cid of this.#parts.pinner.below(root, { signal })) await this.#providing?.announce(cid)
  }
}
