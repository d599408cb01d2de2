import type { CID } from 'multiformats/cid'
import type { Wanting } from './get-blocks.ts'
import type { Waiter } from './waiter.ts'

/** Below what a caller waits for. */
const PREFETCH_PRIORITY = 0

/**
 * Fetches blocks into the local store ahead of their use. CIDs are taken from the list while fewer than `maxOpen` of its
 * blocks are open; one that fails is left to whoever asks for it.
 */
export class Prefetch implements Waiter {
  readonly #session: Wanting
  readonly #source: Iterator<CID>
  readonly #maxOpen: number
  readonly #admit: (cid: CID) => Uint8Array | undefined
  #open = 0
  #pulling = false

  constructor(session: Wanting, cids: Iterable<CID>, admit: (cid: CID) => Uint8Array | undefined, maxOpen: number) {
    this.#session = session
    this.#source = cids[Symbol.iterator]()
    this.#admit = admit
    this.#maxOpen = maxOpen
  }

  start(): void {
    this.#pull()
  }

  arrived(): void {
    this.#open--
    this.#pull()
  }

  failed(): void {
    this.#open--
    this.#pull()
  }

  /** Blocks that are here already arrive during `want`; the loop, not a recursion, goes on with the next. */
  #pull(): void {
    if (this.#pulling) return
    this.#pulling = true
    while (this.#open < this.#maxOpen) {
      const next = this.#source.next()
      if (next.done === true) break
      if (this.#admit(next.value) !== undefined) continue
      this.#open++
      this.#session.want(next.value, this, PREFETCH_PRIORITY)
    }
    this.#pulling = false
  }
}
