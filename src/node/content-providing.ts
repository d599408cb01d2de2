/** Tells the routing systems what this peer has: from what is stored here, as `Provide.Strategy` says. */
import type { Libp2p } from '@libp2p/interface'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import type { CID } from 'multiformats/cid'
import { libp2pLogger } from '../network/libp2p/libp2p-logger.ts'
import type { AbortOptions, Blockstore } from '../ports.ts'
import type { CompositeRouter } from '../routing/composite-router.ts'
import type { ProvidedSource } from '../routing/providing/provided-source.ts'
import { ProvideStore } from '../routing/providing/provide-store.ts'
import { Providing } from '../routing/providing/providing.ts'
import { RootStore } from '../routing/providing/root-store.ts'
import type { ProvideConfig } from './config/provide-section.ts'
import { systemClock } from './system-clock.ts'

/** What is told when something is stored here. */
export interface ProvidedContent {
  /** The root of something that was added, all of it stored. */
  rootAdded(cid: CID): Promise<void>
  /** Blocks, of whatever. */
  stored(cids: readonly CID[]): Promise<void>
}

/** Writes down the roots alone; they are provided once a daemon runs. */
export function recordRoots(datastore: Datastore): ProvidedContent {
  const roots = new RootStore(datastore)
  return { rootAdded: (cid) => roots.add(cid), stored: () => Promise.resolve() }
}

export interface ContentProvidingParts {
  readonly libp2p: Libp2p
  readonly router: CompositeRouter
  readonly blockstore: InterfaceBlockstore
  readonly blocks: Pick<Blockstore, 'size'>
  readonly datastore: Datastore
  readonly config: ProvideConfig
}

export class ContentProviding implements ProvidedContent {
  readonly #parts: ContentProvidingParts
  readonly #roots: RootStore
  /** Undefined when nothing is provided by itself. */
  readonly #providing: Providing | undefined
  readonly #onConnect = (): void => this.#providing?.hope()

  constructor(parts: ContentProvidingParts) {
    const { router, config, libp2p, datastore } = parts
    this.#parts = parts
    this.#roots = new RootStore(datastore)
    if (config.strategy === 'none' || !router.canProvide) return
    const logger = libp2pLogger(libp2p.logger)
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
    await this.#providing?.stop()
  }

  async rootAdded(cid: CID): Promise<void> {
    await this.#roots.add(cid)
    await this.#providing?.announce(cid)
  }

  async stored(cids: readonly CID[]): Promise<void> {
    if (this.#parts.config.strategy !== 'all') return
    for (const cid of cids) await this.#providing?.announce(cid)
  }

  #source(): ProvidedSource {
    return this.#parts.config.strategy === 'all'
      ? { all: (options) => this.#all(options) }
      : { all: (options) => this.#held(options) }
  }

  async *#all({ signal }: AbortOptions = {}): AsyncGenerator<CID> {
    for await (const { cid } of this.#parts.blockstore.getAll()) {
      signal?.throwIfAborted()
      yield cid
    }
  }

  /** Roots that are still here. */
  async *#held(options: AbortOptions = {}): AsyncGenerator<CID> {
    for await (const cid of this.#roots.all(options)) {
      if ((await this.#parts.blocks.size(cid)) !== undefined) yield cid
    }
  }
}
