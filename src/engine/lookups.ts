import { rememberKey } from '../ids.ts'
import type { Blockstore, Clock, Logger, Timer } from '../ports.ts'
import { LATER } from './answers.ts'
import type { SizeSource } from './answers.ts'
import type { Partner } from './partner.ts'
import type { Want } from './want.ts'

export interface LookupParts {
  readonly blockstore: Pick<Blockstore, 'size'>
  readonly clock: Clock
  readonly logger: Logger
  /** The store answered a lookup that had to wait. Not called for a want that is no longer `looking`. */
  readonly found: (partner: Partner, want: Want, size: number | undefined) => void
}

/** Lookups under way at a time, over all partners: enough to keep a disk busy, too few to drown it. */
export const MAX_LOOKUPS = 64

/** Wait before the store is asked again for what it failed on. */
export const RETRY_MS = 1_000

/**
 * Asks the store for the size of wanted blocks. A store that answers at once is not waited for; for others, a bounded
 * number of lookups is under way, partners taking turns. A store that fails has not said "not here": it is asked again.
 */
export class Lookups implements SizeSource {
  readonly #parts: LookupParts
  /** Bounded: partners. Those that have wants to look up. */
  readonly #queued = new Set<Partner>()
  /** Bounded: partners. Those that have wants the store failed on. */
  readonly #troubled = new Set<Partner>()
  #active = 0
  #timer: Timer | undefined

  constructor(parts: LookupParts) {
    this.#parts = parts
  }

  /** Lookups under way, for the curious. */
  get active(): number {
    return this.#active
  }

  look(partner: Partner, want: Want): number | undefined | typeof LATER {
    if (this.#active < MAX_LOOKUPS && partner.toLook.size === 0) return this.#ask(partner, want)
    partner.toLook.add(want)
    this.#queued.add(partner)
    return LATER
  }

  retry(partner: Partner, want: Want, error: unknown): void {
    partner.troubled.add(want)
    this.#troubled.add(partner)
    if (this.#timer !== undefined) return
    // One line for all that fails until then: a broken disk fails on everything.
    const { clock, logger } = this.#parts
    logger.warn('block store failed, will be asked again', { peer: partner.peer, cid: want.cid.toString(), error })
    this.#timer = clock.setTimer(RETRY_MS, () => this.#retryAll())
  }

  forget(partner: Partner, want: Want): void {
    want.nextLookup()
    if (partner.toLook.delete(want) && partner.toLook.size === 0) this.#queued.delete(partner)
    if (partner.troubled.delete(want) && partner.troubled.size === 0) this.#troubled.delete(partner)
  }

  forgetPartner(partner: Partner): void {
    partner.toLook.clear()
    partner.troubled.clear()
    this.#queued.delete(partner)
    this.#troubled.delete(partner)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #ask(partner: Partner, want: Want): number | undefined | typeof LATER {
    let size: number | undefined | Promise<number | undefined>
    try {
      rememberKey(want.cid, want.key)
      size = this.#parts.blockstore.size(want.cid)
    } catch (error) {
      this.retry(partner, want, error)
      return LATER
    }
    if (typeof size !== 'object') return size
    const lookup = want.nextLookup()
    const isCurrent = (): boolean => want.lookup === lookup && want.state === 'looking' && !partner.gone
    this.#active++
    size.then(
      (found) => {
        this.#active--
        if (isCurrent()) this.#parts.found(partner, want, found)
        this.#next()
      },
      (error: unknown) => {
        this.#active--
        if (isCurrent()) this.retry(partner, want, error)
        this.#next()
      }
    )
    return LATER
  }

  /** Starts as many lookups as there is room for, one partner after the other. */
  #next(): void {
    while (this.#active < MAX_LOOKUPS) {
      const [partner] = this.#queued
      if (partner === undefined) return
      const [want] = partner.toLook
      this.#queued.delete(partner)
      if (want === undefined) continue
      partner.toLook.delete(want)
      if (partner.toLook.size > 0) this.#queued.add(partner)
      const size = this.#ask(partner, want)
      if (size !== LATER) this.#parts.found(partner, want, size)
    }
  }

  #retryAll(): void {
    this.#timer = undefined
    for (const partner of this.#troubled) {
      for (const want of partner.troubled) partner.toLook.add(want)
      partner.troubled.clear()
      this.#queued.add(partner)
    }
    this.#troubled.clear()
    this.#next()
  }
}
