import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../ids.ts'
import type { Running, Wanting } from './get-blocks.ts'
import type { Waiter } from './waiter.ts'

/** Below what a caller waits for. */
const PREFETCH_PRIORITY = 0

/**
 * Fetches blocks into the local store ahead of their use. CIDs are taken from the list while fewer than `maxOpen` of its
 * blocks are open. One that fails, or can never be fetched, is left to whoever asks for it; a list that throws ends here.
 */
export class Prefetch implements Waiter, Running {
  readonly #session: Wanting & { readonly closed: boolean }
  readonly #source: Iterator<CID>
  readonly #maxOpen: number
  readonly #admit: (cid: CID) => Uint8Array | undefined
  readonly #onEnd: (request: Running) => void
  /** Bounded: `maxOpen`. */
  readonly #open = new Set<CidKey>()
  #pulling = false
  #ended = false

  constructor(
    session: Wanting & { readonly closed: boolean },
    cids: Iterable<CID>,
    admit: (cid: CID) => Uint8Array | undefined,
    maxOpen: number,
    onEnd: (request: Running) => void = () => undefined
  ) {
    this.#session = session
    this.#source = cids[Symbol.iterator]()
    this.#admit = admit
    this.#maxOpen = maxOpen
    this.#onEnd = onEnd
  }

  start(): void {
    this.#pull()
  }

  /** Nothing more is taken from the list. */
  close(): void {
    if (this.#ended) return
    this.#end()
    try {
      this.#source.return?.()
    } catch {
      // How the list takes it that no more is wanted of it is its own affair.
    }
  }

  arrived(key: CidKey): void {
    this.#open.delete(key)
    this.#pull()
  }

  failed(key: CidKey): void {
    this.#open.delete(key)
    this.#pull()
  }

  /** Blocks that are here already arrive during `want`; the loop, not a recursion, goes on with the next. */
  #pull(): void {
    if (this.#pulling) return
    this.#pulling = true
    while (!this.#ended && !this.#session.closed && this.#open.size < this.#maxOpen) {
      const cid = this.#next()
      if (cid !== undefined) this.#want(cid)
    }
    this.#pulling = false
  }

  #next(): CID | undefined {
    try {
      const next = this.#source.next()
      if (next.done !== true) return next.value
    } catch {
      // Nobody waits for these blocks: whoever made the list finds out when asking for one of them.
    }
    this.#end()
    return undefined
  }

  #end(): void {
    this.#ended = true
    this.#onEnd(this)
  }

  #want(cid: CID): void {
    if (!this.#canFetch(cid)) return
    const key = cidKey(cid)
    if (this.#open.has(key)) return
    this.#open.add(key)
    this.#session.want(cid, this, PREFETCH_PRIORITY)
  }

  #canFetch(cid: CID): boolean {
    try {
      return this.#admit(cid) === undefined
    } catch {
      // The same error comes when the block is asked for.
      return false
    }
  }
}
