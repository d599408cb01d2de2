import type { CID } from 'multiformats/cid'
import { BitswapError, NotFoundError } from '../errors.ts'
import type { AbortOptions, Clock, Logger } from '../ports.ts'
import { inOrder } from '../storage/in-order.ts'
import type { Missed } from '../storage/direct-blockstore.ts'
import type { Collection, KeptBlockstore } from '../storage/kept-blockstore.ts'
import { cidKey } from '../ids.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { walkDag, type WalkSource } from './dag-walk.ts'
import { EventBuffer } from './event-buffer.ts'
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
  /** Blocks that were damaged and are gone: those that nothing keeps are given up. */
  readonly missed?: ((options: AbortOptions) => AsyncIterable<Missed>) | undefined
  readonly clock: Pick<Clock, 'now' | 'epochMs' | 'setTimer'>
  readonly logger?: Logger | undefined
}

/**
 * `unreadable`: what is below a block that must stay cannot be told, and so nothing will be removed. `untold`: so many blocks
 * were removed beside those told of, while nobody read.
 */
export type CollectEvent =
  | { readonly type: 'removed'; readonly cid: CID }
  | { readonly type: 'unreadable'; readonly cid: CID; readonly error: unknown }
  | { readonly type: 'untold'; readonly removed: number }

type Told = EventBuffer<CollectEvent>

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
/** Events that wait to be read, of 0.5 KB each. More than can be unreadable: only removals are ever passed over. */
const MAX_WAITING = 4_096
/** So long in all a reader who does not keep up is waited for. */
const PATIENCE_MS = 5_000

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

  /**
   * One after the other. Rejects with `CollectAbortedError`, with nothing removed, when something that must stay cannot be
   * read. It begins when the first event is asked for, and goes on though nobody asks for the next: a reader who rests holds
   * up nobody. One who leaves stops it.
   */
  async *collect(options: AbortOptions = {}): AsyncGenerator<CollectEvent> {
    const left = new AbortController()
    const signal = options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal])
    const { clock } = this.#parts
    const events: Told = new EventBuffer({ maxWaiting: MAX_WAITING, patienceMs: PATIENCE_MS, clock })
    const run = this.#inTurn(signal, events).finally(() => events.end())
    run.catch(() => undefined)
    try {
      for await (const event of events.read()) {
        yield 'missed' in event ? { type: 'untold', removed: event.missed } : event
      }
      await run
    } finally {
      left.abort(new Error('it was stopped'))
      await run.catch(() => undefined)
    }
  }

  async #inTurn(signal: AbortSignal, told: Told): Promise<void> {
    const before = this.#queue
    const turn = Promise.withResolvers<undefined>()
    this.#queue = before.then(() => turn.promise)
    try {
      await unlessAborted(before, signal)
      await this.#run(signal, told)
    } finally {
      turn.resolve(undefined)
    }
  }

  async #run(signal: AbortSignal, told: Told): Promise<void> {
    const run = this.#begin()
    const collection = this.#parts.store.beginCollection()
    try {
      const marked = new KeySet()
      await this.#mark(marked, signal, told)
      this.#state = 'sweeping'
      await this.#sweep(marked, collection, signal, told)
    } catch (error) {
      run.error = error instanceof Error ? error.message : String(error)
      throw error
    } finally {
      collection.end()
      this.#end()
    }
  }

  async #mark(marked: KeySet, signal: AbortSignal, told: Told): Promise<void> {
    const run = this.#current
    let failures = 0
    const unreadable = (cid: CID, error: unknown): void => {
      if (failures++ < MAX_TOLD) told.push({ type: 'unreadable', cid, error })
    }
    const source = localSource(this.#parts.store)
    const visited = new KeySet()
    for await (const { cid, recursive } of this.#parts.roots({ signal })) {
      marked.add(cidKey(cid))
      if (!recursive) continue
      for await (const block of walkDag(source, cid, { signal, visited, skipLeaves: true, unreadable })) {
        marked.add(cidKey(block.cid))
        if (run !== undefined) run.marked = marked.size
      }
    }
    if (run !== undefined) run.marked = marked.size
    if (failures > 0) throw new CollectAbortedError()
  }

  async #sweep(marked: KeySet, collection: Collection, signal: AbortSignal, told: Told): Promise<void> {
    const { store, missed } = this.#parts
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
      await told.offer({ type: 'removed', cid: removed.cid }, signal)
    }
    for await (const { cid, giveUp } of missed?.({ signal }) ?? []) if (!marked.has(cidKey(cid))) await giveUp()
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

async function* unmarkedBlocks(store: KeptBlockstore, marked: KeySet, signal: AbortSignal) {
  for await (const { cid } of store.getAll({ signal })) {
    signal.throwIfAborted()
    if (!marked.has(cidKey(cid))) yield cid
  }
}

/** Blocks that are here; the rest is not found. */
export function localSource(store: Pick<KeptBlockstore, 'readBlock'>): WalkSource {
  return {
    get: async (cid, options) => {
      const bytes = await store.readBlock(cid, options)
      if (bytes !== undefined) return bytes
      throw notFoundOffline(cid)
    }
  }
}

/** In Kubo's words, which its clients read; `more` is what else is known of it. */
export function notFoundOffline(cid: CID, more = ''): NotFoundError {
  return new NotFoundError(`block was not found locally (offline): ipld: could not find ${cid.toString()}${more}`)
}
