import type { CID } from 'multiformats/cid'
import type { PeerId } from '../ids.ts'
import type { Clock, Provider, Timer } from '../ports.ts'
import { admitProvider } from './admit-provider.ts'
import { RouterError, type Router } from './router.ts'

export interface SearchParts {
  readonly clock: Clock
  /** This peer, which is never an answer. */
  readonly self: PeerId | undefined
  /** When a router is no longer waited for, in milliseconds. */
  readonly deadlineMs: number
  /** Providers taken from one router. */
  readonly maxPerRouter: number
  /** Told when a router fails or is late. The others go on. */
  readonly failed: (router: string, error: unknown) => void
}

/** One router and what it has said that nobody has taken yet. */
interface Lane {
  readonly router: Router
  readonly abort: AbortController
  /** Bounded: `maxPerRouter`. */
  readonly found: Provider[]
  /** Names what it has said. Bounded: `maxPerRouter`. */
  readonly said: Set<string>
  /** Answers read, of use or not. */
  answers: number
  taken: number
  ended: boolean
}

/** Answers read from one router for each that may be taken: one that repeats itself or talks nonsense is not heard out. */
const ANSWERS_PER_PROVIDER = 4

/**
 * One question put to all routers at once. Answers come in turn: a router that floods does not delay what another has
 * said. It is over when every router has ended, failed, or run out of time, whether it heeds its signal or not.
 */
export class RouterSearch {
  readonly #parts: SearchParts
  readonly #lanes: readonly Lane[]
  /** Providers passed on, and whether with addresses. Bounded: `maxPerRouter` for each router. */
  readonly #passed = new Map<string, boolean>()
  #news = Promise.withResolvers<undefined>()
  #deadline: Timer | undefined

  constructor(routers: readonly Router[], parts: SearchParts) {
    this.#parts = parts
    this.#lanes = routers.map((router) => ({
      router,
      abort: new AbortController(),
      found: [],
      said: new Set(),
      answers: 0,
      taken: 0,
      ended: false
    }))
  }

  async *run(cid: CID, signal: AbortSignal | undefined): AsyncGenerator<Provider> {
    signal?.throwIfAborted()
    const aborted = (): void => this.#wake()
    signal?.addEventListener('abort', aborted)
    this.#deadline = this.#parts.clock.setTimer(this.#parts.deadlineMs, () => this.#expire())
    for (const lane of this.#lanes) void this.#listen(lane, cid)
    try {
      for (;;) {
        signal?.throwIfAborted()
        const next = this.#next()
        if (next !== undefined) yield next
        else if (this.#lanes.every(({ ended }) => ended)) return
        else await this.#more()
      }
    } finally {
      signal?.removeEventListener('abort', aborted)
      this.#deadline.cancel()
      for (const lane of this.#lanes) this.#end(lane)
    }
  }

  /** The next answer that says something new, from the router that was heard least. */
  #next(): Provider | undefined {
    for (;;) {
      const lanes = this.#lanes.filter(({ found }) => found.length > 0)
      const lane = lanes.reduce<Lane | undefined>(
        (least, one) => (one.taken < (least?.taken ?? Infinity) ? one : least),
        undefined
      )
      const provider = lane?.found.shift()
      if (lane === undefined || provider === undefined) return undefined
      if (!this.#isNews(provider)) continue
      lane.taken++
      return provider
    }
  }

  /** Somebody new; or at last an address of somebody who was passed on without any. */
  #isNews(provider: Provider): boolean {
    const name = nameOf(provider)
    const reachable = provider.addresses.length > 0
    const before = this.#passed.get(name)
    if (before === true || (before === false && !reachable)) return false
    this.#passed.set(name, reachable)
    return true
  }

  async #listen(lane: Lane, cid: CID): Promise<void> {
    const { maxPerRouter, failed } = this.#parts
    try {
      for await (const answer of lane.router.findProviders(cid, { signal: lane.abort.signal })) {
        if (lane.ended) return
        this.#hear(lane, answer)
        if (lane.said.size >= maxPerRouter || ++lane.answers >= maxPerRouter * ANSWERS_PER_PROVIDER) break
      }
    } catch (error) {
      if (!lane.ended) failed(lane.router.name, error)
    } finally {
      lane.ended = true
      this.#wake()
    }
  }

  #hear(lane: Lane, answer: Provider): void {
    const provider = admitProvider(answer)
    if (provider === undefined || provider.peer === this.#parts.self) return
    const name = `${nameOf(provider)} ${provider.addresses.length > 0}`
    if (lane.said.has(name)) return
    lane.said.add(name)
    lane.found.push(provider)
    this.#wake()
  }

  #expire(): void {
    for (const lane of this.#lanes) {
      if (lane.ended) continue
      this.#end(lane)
      this.#parts.failed(lane.router.name, new RouterError(`no end after ${this.#parts.deadlineMs} ms`))
    }
    this.#wake()
  }

  #end(lane: Lane): void {
    lane.ended = true
    lane.abort.abort()
  }

  #wake(): void {
    this.#news.resolve(undefined)
  }

  async #more(): Promise<void> {
    await this.#news.promise
    this.#news = Promise.withResolvers()
  }
}

function nameOf({ peer, addresses }: Provider): string {
  return peer ?? addresses[0] ?? ''
}
