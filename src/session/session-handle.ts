import type { CID } from 'multiformats/cid'
import { NotFoundError, SessionClosedError } from '../errors.ts'
import type { CidSource, ExchangeSession, FetchedBlock, GetOptions } from '../exchange.ts'
import type { Blockstore } from '../ports.ts'
import type { SessionOptions } from '../options.ts'
import { toProvider } from '../provider.ts'
import { getBlock } from './get-block.ts'
import { GetBlocks } from './get-blocks.ts'
import { Prefetch } from './prefetch.ts'
import type { Session } from './session.ts'

export interface SessionHandleParts {
  readonly session: Session
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
    if (options.offline === true) return this.#getLocal(cid, options)
    this.#addProviders(options)
    return getBlock(this.#parts.session, cid, USER_PRIORITY, options)
  }

  getMany(cids: CidSource, options: GetOptions = {}): AsyncGenerator<FetchedBlock> {
    this.#check()
    if (options.offline === true) return this.#getManyLocal(cids, options)
    this.#addProviders(options)
    const { session, blockstore, admit } = this.#parts
    const { maxOpenWants, bufferBytes } = this.#parts.options
    const { signal, onProgress } = options
    const priority = USER_PRIORITY
    const parts = { session, blockstore, admit, maxOpenWants, bufferBytes, signal, priority, onProgress }
    return new GetBlocks(parts, cids).blocks()
  }

  prefetch(cids: Iterable<CID>): void {
    this.#check()
    new Prefetch(this.#parts.session, cids, this.#parts.admit, this.#parts.options.maxOpenWants).start()
  }

  close(reason?: unknown): void {
    this.#signal?.removeEventListener('abort', this.#aborted)
    this.#parts.session.close(reason)
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

  async #getLocal(cid: CID, { signal }: GetOptions): Promise<Uint8Array> {
    const bytes = await this.#parts.blockstore.get(cid, { signal })
    if (bytes === undefined) throw new NotFoundError(`block was not found locally (offline): ${cid.toString()}`)
    return bytes
  }

  async *#getManyLocal(cids: CidSource, options: GetOptions): AsyncGenerator<FetchedBlock> {
    for await (const cid of cids) {
      options.signal?.throwIfAborted()
      const bytes = this.#parts.admit(cid) ?? (await this.#getLocal(cid, options))
      yield { cid, bytes, from: undefined }
    }
  }
}
