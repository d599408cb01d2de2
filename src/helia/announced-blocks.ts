import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../ids.ts'
import type { Clock, Logger, MaybePromise, Timer } from '../ports.ts'

export interface AnnouncedParts {
  readonly clock: Pick<Clock, 'now' | 'setTimer' | 'defer'>
  readonly logger: Logger
  /** Is the block in the store now? */
  readonly has: (cid: CID) => MaybePromise<boolean>
  /** Is there a reason to look: does somebody wait for the block, or is a copy of it held until it is stored? */
  readonly matters: (cid: CID) => boolean
  /** It is in the store. */
  readonly stored: (cid: CID) => MaybePromise<void>
}

/** Announced blocks that have not been seen in the store; more than any import has on the way. */
export const MAX_ANNOUNCED = 65_536

/** A block that is not there by then has failed to be stored. */
export const FORGET_MS = 10 * 60_000

const FIRST_DELAY_MS = 1
const MAX_DELAY_MS = 256

interface Announced {
  readonly cid: CID
  readonly at: number
}

/**
 * Helia announces a block before it stores it, and says nothing when it has. So an announced block that somebody waits
 * for is looked for in the store until it is there: at once, and then less and less often. One that nobody waits for
 * costs nothing; it is remembered, for a partner may ask between the announcement and the writing, and be told that the
 * block is not here (`missing`).
 */
export class AnnouncedBlocks {
  readonly #parts: AnnouncedParts
  /** Bounded: MAX_ANNOUNCED, oldest out first, and none is kept for longer than FORGET_MS once it is looked for. */
  readonly #announced = new Map<CidKey, Announced>()
  /** Those that are looked for. Bounded: a part of #announced. */
  readonly #watched = new Set<CidKey>()
  #delayMs = FIRST_DELAY_MS
  #isLooking = false
  #scheduled = false
  #timer: Timer | undefined

  constructor(parts: AnnouncedParts) {
    this.#parts = parts
  }

  /** Remembered, and looked for. */
  get size(): { readonly announced: number; readonly watched: number } {
    return { announced: this.#announced.size, watched: this.#watched.size }
  }

  /** The block is in the store, or will be soon. */
  announce(cid: CID): void {
    const key = cidKey(cid)
    this.#announced.delete(key)
    this.#announced.set(key, { cid, at: this.#parts.clock.now() })
    for (const oldest of this.#announced.keys()) {
      if (this.#announced.size <= MAX_ANNOUNCED) break
      this.#forget(oldest)
    }
    if (this.#parts.matters(cid)) this.#watch(key)
  }

  /** Somebody was told that this block is not here. */
  missing(cid: CID): void {
    const key = cidKey(cid)
    if (this.#announced.has(key)) this.#watch(key)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#announced.clear()
    this.#watched.clear()
  }

  #watch(key: CidKey): void {
    if (this.#watched.has(key)) return
    this.#watched.add(key)
    this.#timer?.cancel()
    this.#timer = undefined
    this.#delayMs = FIRST_DELAY_MS
    if (this.#scheduled) return
    this.#scheduled = true
    this.#parts.clock.defer(() => {
      this.#scheduled = false
      this.#look()
    })
  }

  /** One round; the next is due when it is done. What comes to be watched meanwhile is looked at in a round of its own. */
  #look(): void {
    if (this.#isLooking || this.#watched.size === 0) return
    this.#isLooking = true
    void this.#lookAtAll().finally(() => {
      this.#isLooking = false
      if (this.#watched.size === 0 || this.#timer !== undefined) return
      this.#timer = this.#parts.clock.setTimer(this.#delayMs, () => {
        this.#timer = undefined
        this.#look()
      })
      this.#delayMs = Math.min(this.#delayMs * 2, MAX_DELAY_MS)
    })
  }

  async #lookAtAll(): Promise<void> {
    for (const key of [...this.#watched]) {
      const announced = this.#announced.get(key)
      if (announced === undefined) continue
      try {
        await this.#lookAt(key, announced)
      } catch (error) {
        this.#parts.logger.warn('an announced block could not be looked for', { cid: announced.cid.toString(), error })
      }
    }
  }

  async #lookAt(key: CidKey, announced: Announced): Promise<void> {
    const { cid, at } = announced
    if (await this.#parts.has(cid)) {
      // Announced anew meanwhile, and perhaps to be stored anew: no matter, it is here.
      this.#forget(key)
      await this.#parts.stored(cid)
    } else if (this.#parts.clock.now() - at >= FORGET_MS) {
      if (this.#announced.get(key) === announced) this.#forget(key)
    } else if (!this.#parts.matters(cid)) {
      this.#watched.delete(key)
    }
  }

  #forget(key: CidKey): void {
    this.#announced.delete(key)
    this.#watched.delete(key)
  }
}
