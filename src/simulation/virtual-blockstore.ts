import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../ids.ts'
import type { AbortOptions, Blockstore, Clock, MaybePromise } from '../ports.ts'
import { delay } from './delay.ts'

/** Blocks in memory, as they are given: nothing is copied, so that all peers of a world can share their bytes. */
export class VirtualBlockstore implements Blockstore {
  /** Bounded: by the content of the world. */
  readonly #blocks = new Map<CidKey, Uint8Array>()

  /** How many there are. */
  get blocks(): number {
    return this.#blocks.size
  }

  get(cid: CID): Uint8Array | undefined {
    return this.#blocks.get(cidKey(cid))
  }

  size(cid: CID): number | undefined {
    return this.get(cid)?.byteLength
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#blocks.set(cidKey(cid), bytes)
  }

  /** Forgets everything: for runs that must not profit from the ones before. */
  clear(): void {
    this.#blocks.clear()
  }
}

export interface ServiceTime {
  /** Of each read, look-up and write. */
  readonly delayMs: number
  /** Calls served at a time; the others wait their turn. No limit by default, as Testground's delayed store has none. */
  readonly parallel?: number
}

/** A store that takes its time. */
export class DelayedBlockstore implements Blockstore {
  readonly #store: Blockstore
  readonly #clock: Clock
  readonly #delayMs: number
  /** Bounded: by `parallel`. When each of those that serve is free again, in milliseconds. */
  readonly #freeAt: number[]

  constructor(store: Blockstore, clock: Clock, { delayMs, parallel }: ServiceTime) {
    this.#store = store
    this.#clock = clock
    this.#delayMs = delayMs
    this.#freeAt = new Array<number>(parallel ?? 0).fill(0)
  }

  async get(cid: CID, options?: AbortOptions): Promise<Uint8Array | undefined> {
    await this.#serve(options)
    return await this.#store.get(cid, options)
  }

  async size(cid: CID, options?: AbortOptions): Promise<number | undefined> {
    await this.#serve(options)
    return await this.#store.size(cid, options)
  }

  async put(cid: CID, bytes: Uint8Array, options?: AbortOptions): Promise<void> {
    await this.#serve(options)
    await this.#store.put(cid, bytes, options)
  }

  #serve(options?: AbortOptions): MaybePromise<void> {
    const now = this.#clock.now()
    if (this.#freeAt.length === 0) return delay(this.#clock, this.#delayMs, options?.signal)
    const first = this.#freeAt.indexOf(Math.min(...this.#freeAt))
    const doneAt = Math.max(now, this.#freeAt[first] ?? 0) + this.#delayMs
    this.#freeAt[first] = doneAt
    return delay(this.#clock, doneAt - now, options?.signal)
  }
}
