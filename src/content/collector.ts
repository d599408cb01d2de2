import type { CID } from 'multiformats/cid'
import { BitswapError, NotFoundError } from '../errors.ts'
import type { AbortOptions, Clock, Logger } from '../ports.ts'
import { inOrder } from '../storage/in-order.ts'
import type { Collection, KeptBlockstore } from '../storage/kept-blockstore.ts'
import { cidKey } from '../ids.ts'
import { walkDag, type WalkSource } from './dag-walk.ts'
import { KeySet } from './key-set.ts'

/** What must stay: a block, and with `recursive` everything below it. */
export interface KeptRoot {
  readonly cid: CID
  readonly recursive: boolean
}

export interface CollectorParts {
  readonly store: KeptBlockstore
  /** Rejects when it cannot be read to its end: then nothing is removed. */
  readonly roots: (options: AbortOptions) => AsyncIterable<KeptRoot>
  readonly clock: Pick<Clock, 'now' | 'epochMs'>
  readonly logger?: Logger | undefined
}

/** `unreadable`: what is below a block that must stay cannot be told, and so nothing will be removed. */
export type CollectEvent =
  | { readonly type: 'removed'; readonly cid: CID }
  | { readonly type: 'unreadable'; readonly cid: CID; readonly error: unknown }

/** How one collection went, or goes. Times are milliseconds since 1970. */
export interface CollectRun {
  readonly startedAt: number
  readonly durationMs: number
  /** Blocks that stay because of a root. */
  readonly marked: number
  readonly removed: number
  readonly bytesFreed: number
  /** Why it ended early; undefined when it did not. */
  readonly error: string | undefined
}

export interface CollectStatus {
  readonly state: 'idle' | 'marking' | 'sweeping'
  /** The one under way; undefined when idle. */
  readonly current: CollectRun | undefined
  readonly last: CollectRun | undefined
}

/** Something that must stay cannot be read: nothing was removed. In Kubo's words. */
export class CollectAbortedError extends BitswapError {
  constructor() {
    super('CollectAbortedError', 'ERR_GC_ABORTED', 'garbage collection aborted: could not retrieve some links')
  }
}

/** Removals under way at a time. */
const SWEEP_CONCURRENCY = 8
/** Unreadable blocks told of, one by one. */
const MAX_TOLD = 64

/**
 * Removes blocks that nothing keeps. First everything below the roots is marked; when all of it could be read, whatever is
 * not marked is removed. Meanwhile others put, get and serve: what they put or have in hand stays (`KeptBlockstore`).
 * A crash at any moment loses nothing, for at every moment only blocks that nothing keeps have been removed.
 */
export class Collector {
  readonly #parts: CollectorParts
  #state: CollectStatus['state'] = 'idle'
  #current: { -readonly [Name in keyof CollectRun]: CollectRun[Name] } | undefined
  #began = 0
  #last: CollectRun | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: CollectorParts) {
    this.#parts = parts
  }

  status(): CollectStatus {
    const current = this.#current && { ...this.#current, durationMs: this.#elapsed() }
    return { state: this.#state, current, last: this.#last }
  }

  /** One after the other. Rejects with `CollectAbortedError`, with nothing removed, when something that must stay cannot be read. */
  async *collect(options: AbortOptions = {}): AsyncGenerator<CollectEvent> {
    const before = this.#queue
    const turn = Promise.withResolvers<undefined>()
    this.#queue = before.then(() => turn.promise)
    try {
      await before
      options.signal?.throwIfAborted()
      yield* this.#run(options)
    } finally {
      turn.resolve(undefined)
    }
  }

  async *#run(options: AbortOptions): AsyncGenerator<CollectEvent> {
    const run = this.#begin()
    const collection = this.#parts.store.beginCollection()
    run.error = 'it was stopped'
    try {
      const marked = new KeySet()
      yield* this.#mark(marked, options)
      this.#state = 'sweeping'
      yield* this.#sweep(marked, collection, options)
      run.error = undefined
    } catch (error) {
      run.error = error instanceof Error ? error.message : String(error)
      throw error
    } finally {
      collection.end()
      this.#end()
    }
  }

  async *#mark(marked: KeySet, { signal }: AbortOptions): AsyncGenerator<CollectEvent> {
    const run = this.#current
    const failed: CollectEvent[] = []
    let failures = 0
    const unreadable = (cid: CID, error: unknown): void => {
      if (failures++ < MAX_TOLD) failed.push({ type: 'unreadable', cid, error })
    }
    const source = localSource(this.#parts.store)
    const visited = new KeySet()
    for await (const { cid, recursive } of this.#parts.roots({ signal })) {
      marked.add(cidKey(cid))
      if (!recursive) continue
      for await (const block of walkDag(source, cid, { signal, visited, skipLeaves: true, unreadable })) {
        marked.add(cidKey(block.cid))
        if (run !== undefined) run.marked = marked.size
        yield* failed.splice(0)
      }
      yield* failed.splice(0)
    }
    if (run !== undefined) run.marked = marked.size
    if (failures > 0) throw new CollectAbortedError()
  }

  async *#sweep(marked: KeySet, collection: Collection, { signal }: AbortOptions): AsyncGenerator<CollectEvent> {
    const { store } = this.#parts
    const unmarked = unmarkedBlocks(store, marked, signal)
    const removals = inOrder(unmarked, SWEEP_CONCURRENCY, async (cid) => {
      const size = (await store.sizeOf(cid)) ?? 0
      return (await collection.remove(cid)) ? { cid, size } : undefined
    })
    for await (const removed of removals) {
      if (removed === undefined) continue
      if (this.#current !== undefined) {
        this.#current.removed += 1
        this.#current.bytesFreed += removed.size
      }
      yield { type: 'removed', cid: removed.cid }
    }
  }

  #begin() {
    const { clock } = this.#parts
    const startedAt = clock.epochMs()
    const run = {
      startedAt,
      durationMs: 0,
      marked: 0,
      removed: 0,
      bytesFreed: 0,
      error: undefined as string | undefined
    }
    this.#current = run
    this.#began = clock.now()
    this.#state = 'marking'
    return run
  }

  #end(): void {
    const run = this.#current
    if (run === undefined) return
    this.#last = { ...run, durationMs: this.#elapsed() }
    this.#current = undefined
    this.#state = 'idle'
    this.#parts.logger?.debug('blocks that nothing keeps were removed', { ...this.#last })
  }

  #elapsed(): number {
    return this.#parts.clock.now() - this.#began
  }
}

async function* unmarkedBlocks(store: KeptBlockstore, marked: KeySet, signal: AbortSignal | undefined) {
  for await (const { cid } of store.getAll({ signal })) {
    signal?.throwIfAborted()
    if (!marked.has(cidKey(cid))) yield cid
  }
}

/** Blocks that are here; the rest is not found. */
export function localSource(store: Pick<KeptBlockstore, 'readBlock'>): WalkSource {
  return {
    get: async (cid, options) => {
      const bytes = await store.readBlock(cid, options)
      if (bytes !== undefined) return bytes
      throw new NotFoundError(`block was not found locally (offline): ipld: could not find ${cid.toString()}`)
    }
  }
}
