import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { CID } from 'multiformats/cid'
import { StoreError } from '../errors.ts'
import { matches } from '../hashing/verify-block.ts'
import { cidKey } from '../ids.ts'
import type { AbortOptions, Blockstore, Hashers, Logger, MaybePromise } from '../ports.ts'
import { collectBytes, plainBytes } from './collect-bytes.ts'
import { isDirectBlockstore, type DirectBlockstore } from './direct-blockstore.ts'
import { SizeIndex } from './size-index.ts'

export interface BlockstorePortOptions {
  /** Sizes remembered for a store that cannot tell them; 65,536 by default. */
  readonly maxSizes?: number
  /** Check every block read against its CID, and treat one that does not match as absent. For stores on disk. */
  readonly verifyWith?: Hashers
  readonly logger?: Logger
}

/**
 * Makes the core's blockstore of any `interface-blockstore` 7 store. Direct methods are used when the store has them.
 *
 * Otherwise blocks are collected from the store's generators, and sizes, for which that interface has no call, are kept in
 * a bounded index and confirmed with `has`. `NotFoundError` is absence; any other failure rejects with `StoreError`.
 * A limit: `blockstore-fs` reports every failed read, also EMFILE or EACCES, as `NotFoundError`, and so it must pass for
 * absence here. The store of `durable-blockstore.ts` does not have this fault.
 */
export function toBlockstorePort(store: InterfaceBlockstore, options: BlockstorePortOptions = {}): Blockstore {
  return isDirectBlockstore(store) ? new DirectPort(store) : new GeneratorPort(store, options)
}

class DirectPort implements Blockstore {
  readonly #store: DirectBlockstore

  constructor(store: DirectBlockstore) {
    this.#store = store
  }

  get(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#store.readBlock(cid, options)
  }

  size(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    return this.#store.sizeOf(cid, options)
  }

  put(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    return this.#store.writeBlock(cid, bytes, options)
  }
}

class GeneratorPort implements Blockstore {
  readonly #store: InterfaceBlockstore
  readonly #sizes: SizeIndex
  readonly #verifyWith: Hashers | undefined
  readonly #logger: Logger | undefined

  constructor(store: InterfaceBlockstore, options: BlockstorePortOptions) {
    this.#store = store
    this.#sizes = new SizeIndex(options.maxSizes ?? 65_536)
    this.#verifyWith = options.verifyWith
    this.#logger = options.logger
  }

  get(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    const bytes = attempt(
      () => collectBytes(this.#store.get(cid, toSignal(options))),
      (error) => absentOrThrow(error, cid, options)
    )
    return then(bytes, (found) => this.#seen(cid, found))
  }

  size(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    const known = this.#sizes.get(cidKey(cid))
    const has = attempt(
      () => this.#store.has(cid, toSignal(options)),
      (error) => {
        absentOrThrow(error, cid, options)
        return false
      }
    )
    return then(has, (here) => {
      if (!here) {
        this.#sizes.delete(cidKey(cid))
        return undefined
      }
      if (known !== undefined) return known.size
      return then(this.get(cid, options), (bytes) => bytes?.byteLength)
    })
  }

  put(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    const stored = attempt(
      () => this.#store.put(cid, bytes, toSignal(options)),
      (error) => {
        throw failure(error, `block ${cid.toString()} could not be stored`, options)
      }
    )
    return then(stored, () => this.#sizes.set(cidKey(cid), bytes.byteLength, false))
  }

  #seen(cid: CID, bytes: Uint8Array | undefined): Uint8Array | undefined {
    if (bytes === undefined) {
      this.#sizes.delete(cidKey(cid))
      return undefined
    }
    if (this.#verifyWith !== undefined && !matches(this.#verifyWith, cid, bytes)) {
      this.#sizes.delete(cidKey(cid))
      this.#logger?.warn('a stored block does not hash to its CID and counts as absent', { cid: cid.toString() })
      return undefined
    }
    this.#sizes.set(cidKey(cid), bytes.byteLength, false)
    return plainBytes(bytes)
  }
}

/** Runs `work`; whatever it throws, now or later, goes through `recover`. An answer given at once stays one. */
function attempt<T, R>(work: () => MaybePromise<T>, recover: (error: unknown) => R): MaybePromise<T | R> {
  try {
    const result = work()
    return result instanceof Promise ? result.catch(recover) : result
  } catch (error) {
    return recover(error)
  }
}

function then<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** The libp2p world's options have no `signal: undefined`. */
function toSignal(options: AbortOptions | undefined): { signal: AbortSignal } | undefined {
  return options?.signal === undefined ? undefined : { signal: options.signal }
}

function absentOrThrow(error: unknown, cid: CID, options: AbortOptions | undefined): undefined {
  if (options?.signal?.aborted !== true && isNotFound(error)) return undefined
  throw failure(error, `block ${cid.toString()} could not be read`, options)
}

function failure(error: unknown, message: string, options: AbortOptions | undefined): unknown {
  if (options?.signal?.aborted === true) return options.signal.reason
  return new StoreError(message, { cause: error })
}

function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'NotFoundError' || ('code' in error && error.code === 'ERR_NOT_FOUND')
}
