import type { CID } from 'multiformats/cid'
import type { CidKey, PeerId } from '../../../ids.ts'
import type { Search } from '../../../session/session-ports.ts'

/** Searches that one session takes part in. */
const MAX_JOINED = 12

/** The questions a session has put to routing. They go on when the block is here: who had it may have more. */
export class Searches {
  /** How to leave each. Bounded: MAX_JOINED, oldest out first. */
  readonly #joined = new Map<CidKey, () => void>()
  readonly #search: Search

  constructor(search: Search) {
    this.#search = search
  }

  /** Starts or joins one, unless the exchange has too many under way. */
  join(cid: CID, key: CidKey, found: (peer: PeerId) => void): void {
    this.#leave(key)
    const leave = this.#search.seek(cid, found)
    if (leave === false) return
    this.#joined.set(key, leave)
    for (const oldest of this.#joined.keys()) {
      if (this.#joined.size <= MAX_JOINED) return
      this.#leave(oldest)
    }
  }

  close(): void {
    for (const key of [...this.#joined.keys()]) this.#leave(key)
  }

  #leave(key: CidKey): void {
    this.#joined.get(key)?.()
    this.#joined.delete(key)
  }
}
