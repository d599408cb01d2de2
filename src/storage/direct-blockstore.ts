import type { Blockstore, InputPair, Pair } from 'interface-blockstore'
import type { CID } from 'multiformats/cid'
import { NotFoundError } from '../errors.ts'
import type { AbortOptions, MaybePromise } from '../ports.ts'
import { collectBytes } from './collect-bytes.ts'
import { inOrder } from './in-order.ts'

/** What a store can offer beside `interface-blockstore`: whole blocks, without a generator in between. */
export interface DirectBlockstore {
  /** The block, or undefined when it is not here. An I/O error rejects with `StoreError`. */
  readBlock(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined>
  /** Size in bytes, without reading the block. */
  sizeOf(cid: CID, options?: AbortOptions): MaybePromise<number | undefined>
  /** Stores a block; as durable as the store promises once it returned or resolved. */
  writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void>
}

/** A block that was damaged, and has not come again. */
export interface Missed {
  /** A raw CID: the codec is not written down. */
  readonly cid: CID
  /** Its owner does not miss it: it is no longer told of. */
  readonly giveUp: () => Promise<unknown>
}

export interface Quarantined extends Missed {
  /** Where its bytes lie. */
  readonly file: string
}

/** Puts and deletes that `putMany` and `deleteMany` keep under way at a time. */
const CONCURRENCY = 16

/** Builds `interface-blockstore` 7 on the direct methods. A store that has these is a whole store by extending this. */
export abstract class BaseDirectBlockstore implements Blockstore, DirectBlockstore {
  abstract readBlock(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined>
  abstract sizeOf(cid: CID, options?: AbortOptions): MaybePromise<number | undefined>
  abstract writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void>
  abstract delete(cid: CID, options?: AbortOptions): MaybePromise<void>
  abstract getAll(options?: AbortOptions): Generator<Pair> | AsyncGenerator<Pair>

  /**
   * For who looks for damage: what lies in the place of a block, though it be damaged, and though a cache have it whole.
   * Undefined when nothing does. A store that checks what it reads, or keeps it in two places, overrides this.
   */
  readUnchecked(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.readBlock(cid, options)
  }

  /**
   * Stores a block over what lies in its place, which is damaged; a failure leaves that there. A store that keeps blocks in
   * two places, or knows which need not be stored again, overrides this.
   */
  rewrite(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    return this.writeBlock(cid, bytes, options)
  }

  /** Blocks that were found damaged, were put apart, and have not come again. None where none are put apart. */
  quarantined(options?: AbortOptions): AsyncIterable<Quarantined> | Iterable<Quarantined> {
    options?.signal?.throwIfAborted()
    return []
  }

  /** The same of one block, without a look at the others. */
  findQuarantined(_cid: CID, options?: AbortOptions): MaybePromise<Quarantined | undefined> {
    options?.signal?.throwIfAborted()
    return undefined
  }

  put(cid: CID, bytes: InputPair['bytes'], options?: AbortOptions): MaybePromise<CID> {
    options?.signal?.throwIfAborted()
    const whole = collectBytes(bytes)
    if (whole instanceof Promise) return whole.then((collected) => this.#write(cid, collected, options))
    return this.#write(cid, whole, options)
  }

  get(cid: CID, options?: AbortOptions): Generator<Uint8Array> | AsyncGenerator<Uint8Array> {
    return this.#read(cid, options)
  }

  has(cid: CID, options?: AbortOptions): MaybePromise<boolean> {
    const size = this.sizeOf(cid, options)
    return size instanceof Promise ? size.then((known) => known !== undefined) : size !== undefined
  }

  putMany(source: Iterable<InputPair> | AsyncIterable<InputPair>, options?: AbortOptions): AsyncGenerator<CID> {
    return inOrder(source, CONCURRENCY, ({ cid, bytes }) => this.put(cid, bytes, options))
  }

  async *getMany(source: Iterable<CID> | AsyncIterable<CID>, options?: AbortOptions): AsyncGenerator<Pair> {
    for await (const cid of source) yield { cid, bytes: this.get(cid, options) }
  }

  deleteMany(source: Iterable<CID> | AsyncIterable<CID>, options?: AbortOptions): AsyncGenerator<CID> {
    return inOrder(source, CONCURRENCY, async (cid) => {
      await this.delete(cid, options)
      return cid
    })
  }

  #write(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<CID> {
    const written = this.writeBlock(cid, bytes, options)
    return written instanceof Promise ? written.then(() => cid) : cid
  }

  async *#read(cid: CID, options?: AbortOptions): AsyncGenerator<Uint8Array> {
    const bytes = await this.readBlock(cid, options)
    if (bytes === undefined) throw new NotFoundError(`block ${cid.toString()} is not in the store`)
    yield bytes
  }
}

/** Whether a store has the direct methods, whatever its class. */
export function isDirectBlockstore(store: object): store is DirectBlockstore {
  return ['readBlock', 'sizeOf', 'writeBlock'].every((name) => typeof Reflect.get(store, name) === 'function')
}
