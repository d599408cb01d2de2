import type { CID } from 'multiformats/cid'
import { NotFoundError } from '../errors.ts'
import type { CidSource, FetchedBlock, ProgressEventLike } from '../exchange.ts'
import { cidKey, type CidKey, type PeerId } from '../ids.ts'
import type { Blockstore } from '../ports.ts'
import { ArrivedBlocks, type Arrived } from './arrived-blocks.ts'
import type { Waiter } from './waiter.ts'

/** What a request needs of its session. */
export interface Wanting {
  want(cid: CID, waiter: Waiter, priority: number): void
  unwant(key: CidKey, waiter: Waiter): void
}

/** Something a session runs for its user, and has to end when it is closed itself. */
export interface Running {
  close(reason: unknown): void
}

export interface GetBlocksParts {
  readonly session: Wanting
  readonly blockstore: Pick<Blockstore, 'get'>
  /** Throws for a CID that can never be fetched; returns the bytes of one that holds its own block. */
  readonly admit: (cid: CID) => Uint8Array | undefined
  readonly maxOpenWants: number
  readonly bufferBytes: number
  readonly signal?: AbortSignal | undefined
  readonly priority: number
  readonly onProgress?: ((event: ProgressEventLike) => void) | undefined
  /** Called when the request begins to run; what it throws ends the request before anything is asked for. */
  readonly onBegin?: ((request: Running) => void) | undefined
  /** Called when the request has ended, however it did. */
  readonly onEnd?: ((request: Running) => void) | undefined
}

/**
 * One request: CIDs in, blocks out, with back-pressure both ways. CIDs are taken while fewer than `maxOpenWants` blocks
 * are open or arrived and not taken; of arrived blocks at most `bufferBytes` are kept in memory.
 */
export class GetBlocks implements Waiter, Running {
  readonly #parts: GetBlocksParts
  readonly #cids: CidSource
  #source: Iterator<CID> | AsyncIterator<CID> | undefined
  readonly #arrived: ArrivedBlocks
  /** What the caller asked for, by key, once for each time it asked. Bounded: `maxOpenWants`. */
  readonly #open = new Map<CidKey, CID[]>()
  #openCount = 0
  #pulling = false
  #exhausted = false
  #ended = false
  #error: { readonly reason: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(parts: GetBlocksParts, cids: CidSource) {
    this.#parts = parts
    this.#arrived = new ArrivedBlocks(parts.bufferBytes)
    this.#cids = cids
  }

  /** Runs the request. Ends when every block was handed out; releases all wants however it ends. */
  async *blocks(): AsyncGenerator<FetchedBlock> {
    const { signal } = this.#parts
    const abort = (): void => this.#fail(signal?.reason)
    try {
      signal?.throwIfAborted()
      signal?.addEventListener('abort', abort)
      this.#parts.onBegin?.(this)
      this.#pull()
      while (true) {
        const next = this.#take()
        if (next !== undefined) {
          yield { cid: next.cid, bytes: next.bytes ?? (await this.#reread(next.cid)), from: next.from }
        } else if (this.#exhausted && this.#openCount === 0) {
          return
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve))
        }
      }
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#end()
      this.#parts.onEnd?.(this)
    }
  }

  /** Ends the request from outside, whatever it waits for: the caller gets the reason, the source is let go. */
  close(reason: unknown): void {
    this.#fail(reason)
  }

  arrived(key: CidKey, bytes: Uint8Array, from: PeerId | undefined): void {
    const cids = this.#open.get(key)
    if (cids === undefined) return
    this.#open.delete(key)
    this.#openCount -= cids.length
    this.#tell({ type: 'bitswap:block', detail: { cid: cids[0], from } })
    for (const cid of cids) this.#arrived.push(cid, bytes, from)
    this.#notify()
    this.#pull()
  }

  asked(key: CidKey, peer: PeerId): void {
    if (this.#parts.onProgress === undefined) return
    this.#tell({ type: 'bitswap:send-wantlist', detail: { cid: this.#open.get(key)?.[0], peer } })
  }

  failed(key: CidKey, error: unknown): void {
    this.#open.delete(key)
    this.#fail(error)
  }

  #take(): Arrived | undefined {
    if (this.#error !== undefined) throw this.#error.reason
    const next = this.#arrived.take()
    if (next !== undefined) this.#pull()
    return next
  }

  get #hasRoom(): boolean {
    return this.#openCount + this.#arrived.size < this.#parts.maxOpenWants
  }

  /** Takes CIDs while there is room for their blocks. Blocks that arrive meanwhile do not start a second loop. */
  #pull(): void {
    if (this.#pulling) return
    this.#pulling = true
    try {
      const source = (this.#source ??= iteratorOf(this.#cids))
      while (!this.#exhausted && !this.#ended && this.#hasRoom) {
        const next = source.next()
        if ('then' in next) {
          this.#pullLater(next)
          return
        }
        this.#pulled(next)
      }
    } catch (error) {
      this.#fail(error)
    }
    this.#pulling = false
  }

  #pullLater(next: Promise<IteratorResult<CID>>): void {
    const goOn = (): void => {
      this.#pulling = false
      this.#pull()
    }
    next.then((result) => this.#pulled(result)).then(goOn, (error: unknown) => this.#fail(error))
  }

  #pulled(result: IteratorResult<CID, unknown>): void {
    if (result.done === true) {
      this.#exhausted = true
      this.#notify()
    } else if (!this.#ended) {
      this.#want(result.value)
    }
  }

  #want(cid: CID): void {
    const own = this.#parts.admit(cid)
    if (own !== undefined) {
      this.#arrived.push(cid, own, undefined)
      this.#notify()
      return
    }
    const key = cidKey(cid)
    const open = this.#open.get(key)
    this.#openCount++
    if (open !== undefined) {
      open.push(cid)
      return
    }
    this.#open.set(key, [cid])
    this.#tell({ type: 'bitswap:want', detail: cid })
    if (!this.#ended) this.#parts.session.want(cid, this, this.#parts.priority)
  }

  async #reread(cid: CID): Promise<Uint8Array> {
    const bytes = await this.#parts.blockstore.get(cid, { signal: this.#parts.signal })
    if (bytes !== undefined) return bytes
    throw new NotFoundError(`block ${cid.toString()} was stored and is gone: was it deleted meanwhile?`)
  }

  /** What the caller's own function throws ends the caller's request, and nothing else. */
  #tell(event: ProgressEventLike): void {
    try {
      this.#parts.onProgress?.(event)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Ends the request, now; the caller hears of it when it asks for the next block. */
  #fail(reason: unknown): void {
    this.#error ??= { reason }
    this.#end()
    this.#notify()
  }

  #notify(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const key of this.#open.keys()) this.#parts.session.unwant(key, this)
    this.#open.clear()
    if (!this.#exhausted) this.#closeSource()
  }

  /** Tells the source that no more is wanted of it; how it takes that is its own affair. */
  #closeSource(): void {
    const close = async (): Promise<void> => {
      await this.#source?.return?.()
    }
    close().catch(() => undefined)
  }
}

function iteratorOf(cids: CidSource): Iterator<CID> | AsyncIterator<CID> {
  return Symbol.asyncIterator in cids ? cids[Symbol.asyncIterator]() : cids[Symbol.iterator]()
}
