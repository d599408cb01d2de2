import type { CID } from 'multiformats/cid'
import { NotFoundError } from '../errors.ts'
import type { CidSource, FetchedBlock, ProgressEventLike } from '../exchange.ts'
import { cidKey, type CidKey, type PeerId } from '../ids.ts'
import type { Blockstore } from '../ports.ts'
import type { Waiter } from './waiter.ts'

/** What a request needs of its session. */
export interface Wanting {
  want(cid: CID, waiter: Waiter, priority: number): void
  unwant(key: CidKey, waiter: Waiter): void
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
  /** Called once, however the request ends. */
  readonly onEnd?: () => void
  readonly onProgress?: ((event: ProgressEventLike) => void) | undefined
}

/** A block that arrived and was not taken yet; without bytes when the buffer was full, to be read again from the store. */
interface Arrived {
  readonly cid: CID
  readonly bytes: Uint8Array | undefined
  readonly from: PeerId | undefined
}

/**
 * One request: CIDs in, blocks out, with back-pressure both ways. CIDs are taken while fewer than `maxOpenWants` blocks
 * are open or arrived and not taken; of arrived blocks at most `bufferBytes` are kept in memory.
 */
export class GetBlocks implements Waiter {
  readonly #parts: GetBlocksParts
  readonly #source: Iterator<CID> | AsyncIterator<CID>
  /** What the caller asked for, by key, once for each time it asked. Bounded: `maxOpenWants`. */
  readonly #open = new Map<CidKey, CID[]>()
  /** Bounded: `maxOpenWants` blocks, `bufferBytes` bytes. */
  #arrived: Arrived[] = []
  #taken = 0
  #openCount = 0
  #bufferedBytes = 0
  #pulling = false
  #exhausted = false
  #ended = false
  #error: { readonly reason: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(parts: GetBlocksParts, cids: CidSource) {
    this.#parts = parts
    this.#source = Symbol.asyncIterator in cids ? cids[Symbol.asyncIterator]() : cids[Symbol.iterator]()
  }

  /** Runs the request. Ends when every block was handed out; releases all wants however it ends. */
  async *blocks(): AsyncGenerator<FetchedBlock> {
    const { signal } = this.#parts
    const abort = (): void => this.#fail(signal?.reason)
    signal?.throwIfAborted()
    signal?.addEventListener('abort', abort)
    try {
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
    }
  }

  arrived(key: CidKey, bytes: Uint8Array, from: PeerId | undefined): void {
    const cids = this.#open.get(key)
    if (cids === undefined || this.#ended) return
    this.#open.delete(key)
    this.#openCount -= cids.length
    this.#parts.onProgress?.({ type: 'bitswap:block', detail: { cid: cids[0], from } })
    for (const cid of cids) this.#push(cid, bytes, from)
    this.#pull()
  }

  failed(key: CidKey, error: unknown): void {
    this.#open.delete(key)
    this.#fail(error)
  }

  #push(cid: CID, bytes: Uint8Array, from: PeerId | undefined): void {
    const keep = this.#bufferedBytes + bytes.byteLength <= this.#parts.bufferBytes || this.#backlog === 0
    if (keep) this.#bufferedBytes += bytes.byteLength
    this.#arrived.push({ cid, bytes: keep ? bytes : undefined, from })
    this.#notify()
  }

  get #backlog(): number {
    return this.#arrived.length - this.#taken
  }

  #take(): Arrived | undefined {
    if (this.#error !== undefined) throw this.#error.reason
    const next = this.#arrived[this.#taken]
    if (next === undefined) return undefined
    this.#bufferedBytes -= next.bytes?.byteLength ?? 0
    if (++this.#taken === this.#arrived.length) {
      this.#arrived = []
      this.#taken = 0
      this.#pull()
    }
    return next
  }

  /** Takes CIDs while there is room for their blocks. A synchronous source is read without a pause. */
  #pull(): void {
    while (!this.#pulling && !this.#exhausted && !this.#ended) {
      if (this.#openCount + this.#backlog >= this.#parts.maxOpenWants) return
      this.#pulling = true
      try {
        const next = this.#source.next()
        if (next instanceof Promise) {
          this.#pullLater(next)
          return
        }
        this.#pulled(next)
      } catch (error) {
        this.#fail(error)
      }
    }
  }

  #pullLater(next: Promise<IteratorResult<CID>>): void {
    next.then(
      (result) => {
        this.#pulled(result)
        this.#pull()
      },
      (error: unknown) => this.#fail(error)
    )
  }

  #pulled(result: IteratorResult<CID, unknown>): void {
    this.#pulling = false
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
      this.#push(cid, own, undefined)
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
    this.#parts.onProgress?.({ type: 'bitswap:want', detail: cid })
    this.#parts.session.want(cid, this, this.#parts.priority)
  }

  async #reread(cid: CID): Promise<Uint8Array> {
    const bytes = await this.#parts.blockstore.get(cid, { signal: this.#parts.signal })
    if (bytes !== undefined) return bytes
    throw new NotFoundError(`block ${cid.toString()} was stored and is gone: was it deleted meanwhile?`)
  }

  #fail(reason: unknown): void {
    this.#error ??= { reason }
    this.#notify()
  }

  #notify(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  #end(): void {
    this.#ended = true
    for (const key of this.#open.keys()) this.#parts.session.unwant(key, this)
    this.#open.clear()
    if (!this.#exhausted) void Promise.resolve(this.#source.return?.()).catch(() => undefined)
    this.#parts.onEnd?.()
  }
}
