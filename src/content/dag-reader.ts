import { dropOldest } from '../drop-oldest.ts'

import { CID } from 'multiformats/cid'
import type { ExchangeSession } from '../exchange.ts'
import { cidKey, type CidKey } from '../ids.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { DAG_PB, linksOf } from './dag-links.ts'
import { stepId, walkDepthFirst, type Step, type Visited } from './depth-first.ts'
import { Lead } from './lead.ts'

/** Blocks asked for ahead of the reader: 64 MiB of a file in chunks of 256 KiB. */
const MAX_AHEAD = 256

/** Of the nodes still to be visited, this many are asked for before their turn, so that their round trips overlap. */
const SIBLINGS_AHEAD = 64

/** Nodes that are not walked again when they come again; among fewer, nobody can make the walk go round and round. */
const MAX_WALKED = 4_096

/** Blocks kept for a reader that comes back to them: it reads a file in windows, and each starts at the root again. */
const MAX_RECENT = 8

/** Where blocks come from: an exchange session, or the repo alone. */
export type BlockSource = Pick<ExchangeSession, 'get' | 'prefetch' | 'close'>

interface Item extends Step {
  asked: boolean
}

/**
 * Reads the blocks of one DAG through one source, and, once told to `readAhead`, walks the DAG before the reader
 * does, in the order of a depth-first reader, so that blocks are on their way when they are asked for.
 */
export class DagReader {
  readonly #source: BlockSource
  readonly #signal: AbortSignal | undefined
  readonly #closed = new AbortController()
  /** Bounded: `MAX_RECENT` blocks. */
  readonly #recent = new Map<CidKey, Uint8Array>()
  /** Readers of content under way. Bounded: one a file being read. */
  readonly #guards = new Set<AbortController>()
  readonly #lead = new Lead(MAX_AHEAD)
  /** What is below them has been asked for; oldest first. Bounded: `MAX_WALKED`. */
  readonly #walked = new Set<CidKey>()
  #wakeWalk: (() => void) | undefined

  constructor(source: BlockSource, signal?: AbortSignal) {
    this.#source = source
    this.#signal = signal
  }

  /** In the shape that the UnixFS exporter reads from. */
  async *get(cid: CID): AsyncGenerator<Uint8Array> {
    const guarded = this.#guards.size > 0
    yield await this.read(cid).catch((error: unknown) => {
      if (guarded || this.#guards.size > 0 || this.#closed.signal.aborted) return this.#report(error)
      throw error
    })
  }

  /**
   * Hands on what `content` gives, and fails with the first block of it that cannot be read. The exporter walks a file in
   * tasks that nobody awaits: a failure inside one of them would end the process, so they never hear of it.
   */
  async *guard(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const chunks = content[Symbol.asyncIterator]()
    const guard = new AbortController()
    this.#guards.add(guard)
    try {
      for (;;) {
        const next = await unlessAborted(chunks.next(), guard.signal)
        if (next.done === true) return
        yield next.value
      }
    } finally {
      this.#guards.delete(guard)
      void chunks.return?.()
    }
  }

  /** Tells those who read; the task that failed is left waiting, and is collected with the rest of the walk. */
  #report(error: unknown): Promise<never> {
    for (const guard of this.#guards) guard.abort(error)
    return new Promise(() => undefined)
  }

  async read(cid: CID): Promise<Uint8Array> {
    const key = cidKey(cid)
    const recent = this.#recent.get(key)
    if (recent !== undefined) return recent
    this.#lead.read(key)
    this.#wakeWalk?.()
    const bytes = await this.#source.get(cid, { signal: this.#signal })
    this.#recent.set(key, bytes)
    dropOldest(this.#recent, MAX_RECENT)
    return bytes
  }

  /** Starts to walk below `root`. A failure on the way is left to the reader, who meets it in its turn. */
  readAhead(root: CID): void {
    this.#walk(root).catch(() => this.#wakeWalk?.())
  }

  close(): void {
    this.#closed.abort()
    this.#wakeWalk?.()
    this.#source.close()
  }

  async #walk(root: CID): Promise<void> {
    const walk = walkDepthFirst<Item, never>(
      { id: stepId(root), asked: true },
      {
        lookAhead: (waiting) => this.#ask(waiting.slice(-SIBLINGS_AHEAD).reverse()),
        visit: (item) => this.#visit(item)
      }
    )
    // It hands out nothing: the first call goes the whole way.
    await walk.next()
  }

  async #visit(item: Item): Promise<Visited<Item, never> | undefined> {
    while (this.#lead.isFull && !this.#closed.signal.aborted) await this.#room()
    this.#closed.signal.throwIfAborted()
    const cid = CID.decode(item.id)
    const key = cidKey(cid)
    // A few blocks that link to each other many times make a tree without end, of which nothing is left to be asked for.
    if (this.#walked.has(key)) return undefined
    this.#lead.visited(key)
    if (cid.code !== DAG_PB) {
      this.#ask([item])
      return undefined
    }
    this.#walks(key)
    const bytes = await this.#source.get(cid, { signal: this.#closed.signal })
    return { below: () => linksOf(cid, bytes).map((link) => ({ id: stepId(link.cid), asked: false })) }
  }

  #walks(node: CidKey): void {
    this.#walked.add(node)
    dropOldest(this.#walked, MAX_WALKED)
  }

  #ask(items: readonly Item[]): void {
    const fresh = items.filter((item) => !item.asked)
    for (const item of fresh) item.asked = true
    if (fresh.length > 0) this.#source.prefetch(fresh.map(({ id }) => CID.decode(id)))
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeWalk = resolve
    })
  }
}
