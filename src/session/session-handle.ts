import type { CID } from 'multiformats/cid'
import { SessionClosedError } from '../errors.ts'
import type { CidSource, ExchangeSession, FetchedBlock, GetOptions, ProviderLike } from '../exchange.ts'
import type { Blockstore } from '../ports.ts'
import type { SessionOptions } from '../options.ts'
import { toProvider } from '../provider.ts'
import { getBlock } from './get-block.ts'
import { GetBlocks, type GetBlocksParts, type Running } from './get-blocks.ts'
import { LocalWants } from './local-wants.ts'
import { Prefetch } from './prefetch.ts'
import type { SessionLike } from './session-like.ts'

export interface SessionHandleParts {
  readonly session: SessionLike
  readonly blockstore: Pick<Blockstore, 'get'>
  readonly options: SessionOptions
  /** Throws for a CID that can never be fetched; returns the bytes of one that holds its own block. */
  readonly admit: (cid: CID) => Uint8Array | undefined
  readonly onClose: () => void
}

const USER_PRIORITY = 1

/** A session as its user holds it. */
export class SessionHandle implements ExchangeSession {
  readonly #parts: SessionHandleParts
  readonly #signal: AbortSignal | undefined
  /** Bounded: requests the user runs and has not ended. */
  readonly #running = new Set<Running>()
  readonly #aborted = (): void => this.close(this.#signal?.reason)

  constructor(parts: SessionHandleParts, signal: AbortSignal | undefined) {
    this.#parts = parts
    this.#signal = signal
    signal?.addEventListener('abort', this.#aborted)
  }

  async get(cid: CID, options: GetOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted()
    this.#check()
    const own = this.#parts.admit(cid)
    if (own !== undefined) return own
    if (options.offline === true) return new LocalWants(this.#parts.blockstore, options).get(cid)
    this.#addProviders(options)
    return getBlock(this.#parts.session, cid, USER_PRIORITY, options)
  }

  getMany(cids: CidSource, options: GetOptions = {}): AsyncGenerator<FetchedBlock> {
    const { session, blockstore, admit, options: own } = this.#parts
    const { signal, onProgress } = options
    const parts: GetBlocksParts = {
      session,
      blockstore,
      admit,
      maxOpenWants: own.maxOpenWants,
      bufferBytes: own.bufferBytes,
      priority: USER_PRIORITY,
      signal,
      onProgress,
      onBegin: (request) => {
        this.#check()
        if (options.offline !== true) this.#addProviders(options)
        this.#running.add(request)
      },
      onEnd: (request) => this.#running.delete(request)
    }
    if (options.offline !== true) return new GetBlocks(parts, cids).blocks()
    const local = { session: new LocalWants(blockstore, options), onProgress: undefined }
    // One at a time, and so in the order asked: more at once would not make a disk faster.
    return new GetBlocks({ ...parts, ...local, maxOpenWants: 1 }, cids).blocks()
  }

  prefetch(cids: Iterable<CID>): void {
    this.#check()
    const { session, admit, options } = this.#parts
    const onEnd = (request: Running): void => void this.#running.delete(request)
    const prefetch = new Prefetch(session, cids, admit, options.maxOpenWants, onEnd)
    this.#running.add(prefetch)
    prefetch.start()
  }

  addProvider(provider: ProviderLike): void {
    this.#check()
    this.#parts.session.addProvider(toProvider(provider))
  }

  /** Ends all that runs, with the reason: also a request that has no block open and waits for its next CID. */
  close(reason: unknown = new SessionClosedError()): void {
    this.#signal?.removeEventListener('abort', this.#aborted)
    this.#parts.session.close(reason)
    for (const request of [...this.#running]) request.close(reason)
    this.#running.clear()
    this.#parts.onClose()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #check(): void {
    this.#signal?.throwIfAborted()
    if (this.#parts.session.closed) throw new SessionClosedError()
  }

  #addProviders({ providers }: GetOptions): void {
    if (providers === undefined) return
    for (const provider of providers) this.#parts.session.addProvider(toProvider(provider))
  }
}
