import type { CidKey, PeerId } from '../../ids.ts'
import { createMessage, type Message, type WantEntry } from '../../message/message.ts'
import { cidPrefix } from '../../message/prefix.ts'
import type { Clock, MaybePromise, NetworkEvents, Timer } from '../../ports.ts'
import { AskedWants } from './asked-wants.ts'
import { BlockRequest, type BlockRequestInit } from './block-request.ts'
import { parseRetryAfter } from './cool-down.ts'
import { BodyTooLargeError, type HttpReply } from './http-port.ts'
import { judge } from './judge.ts'
import type { Workers } from './workers.ts'

export interface HttpPeerParts {
  readonly clock: Clock
  readonly workers: Workers
  readonly events: Pick<NetworkEvents, 'received' | 'receiving'>
  readonly request: Omit<BlockRequestInit, 'clock' | 'receiving'>
  readonly idleMs: number
  /** It did what was asked. */
  readonly succeeded: () => void
  /** It is to be left alone: as long as it asked for, or as we think fit. */
  readonly leave: (why: string, retryAfterMs: number | undefined) => void
  /** Nobody asks it for anything any more. */
  readonly idle: () => void
}

/** Failures in a row after which a host is left alone. */
const MAX_FAILURES = 3
/** Times that one block is asked for when the host fails. */
const MAX_ATTEMPTS = 2
/** Blocks in a row that it did not have: it is not the one to ask, and each costs it a request. */
const MAX_MISSES = 128
/** A pause up to this is waited for; in a longer one, others are asked. */
const MAX_HOLD_MS = 1_000
/** Successes after which one more request may be under way, once there were too many. */
const GROW_AFTER = 32
const LATENCY_NEWEST = 0.2

/** One HTTP host as a peer: wants become requests, answers become messages. Owes nothing, and is owed nothing. */
export class HttpPeer {
  readonly #peer: PeerId
  readonly #parts: HttpPeerParts
  readonly #wants = new AskedWants()
  /** Bounded: requests of one host. */
  readonly #active = new Map<CidKey, BlockRequest>()
  /** How often blocks that wait were tried already. Bounded: as the wants. */
  readonly #tries = new Map<CidKey, number>()
  #limit: number
  #latencyMs: number
  #successes = 0
  #failures = 0
  #misses = 0
  #hold: Timer | undefined
  #idle: Timer | undefined
  #closed = false

  constructor(peer: PeerId, latencyMs: number, parts: HttpPeerParts) {
    this.#peer = peer
    this.#latencyMs = latencyMs
    this.#parts = parts
    this.#limit = parts.workers.perHost
    this.#rest()
  }

  get latencyMs(): number {
    return this.#latencyMs
  }

  /** Requests under way. */
  get active(): number {
    return this.#active.size
  }

  /** Takes a message as a peer would: what it is to be asked, and what no longer. */
  told(message: Message): void {
    const { full, cancels, wants } = message
    if (full) for (const key of [...this.#active.keys()]) if (!wants.some((want) => want.key === key)) this.#drop(key)
    for (const { key } of cancels) this.#drop(key)
    const tooMany = this.#wants.told(message, ({ key, type }) => this.#active.get(key)?.answers(type) === true)
    if (tooMany.length > 0) this.#parts.clock.defer(() => void this.#deny(tooMany))
    this.#pump()
  }

  close(reason: Error): void {
    this.#closed = true
    this.#hold?.cancel()
    this.#idle?.cancel()
    this.#parts.workers.forget(this.#pump)
    for (const request of this.#active.values()) request.cancel(reason)
  }

  #drop(key: CidKey): void {
    this.#tries.delete(key)
    const request = this.#active.get(key)
    if (request !== undefined && !request.hasBody) request.cancel(new Error('nobody wants it any more'))
  }

  /** A block is asked for by one request at a time: a want that this one does not answer waits for its end. */
  readonly #pump = (): void => {
    while (!this.#closed && this.#hold === undefined && this.#active.size < this.#limit) {
      const want = this.#wants.next(this.#active)
      if (want === undefined) break
      if (!this.#parts.workers.take(this.#pump)) return
      this.#wants.take(want.key)
      void this.#ask(want)
    }
    if (this.#wants.size === 0 && this.#active.size === 0) this.#rest()
  }

  /** A block is asked for until its bytes are stored: whoever is slow to store them is sent no more. */
  async #ask(want: WantEntry): Promise<void> {
    const { clock, request: init, events, workers } = this.#parts
    this.#idle?.cancel()
    this.#idle = undefined
    const receiving: BlockRequestInit['receiving'] = (bytes, totalBytes, ms) =>
      events.receiving?.(this.#peer, { bytes, totalBytes, ms })
    const request = new BlockRequest(want.type, { ...init, clock, receiving })
    this.#active.set(want.key, request)
    try {
      const reply = await request.run(want.cid)
      if (!this.#closed) await this.#answered(want, reply, clock.now() - request.startedAt)
    } catch (error) {
      if (!this.#closed) await this.#failed(want, error, request)
    } finally {
      this.#active.delete(want.key)
      workers.release()
      this.#pump()
    }
  }

  async #answered(want: WantEntry, reply: HttpReply, tookMs: number): Promise<void> {
    switch (judge(reply.status)) {
      case 'found':
        this.#worked(reply.body.byteLength === 0 ? tookMs : undefined)
        this.#misses = 0
        await this.#deliver(want, reply.body)
        return
      case 'missing':
        this.#worked(tookMs)
        await this.#deny([want])
        if (++this.#misses >= MAX_MISSES) this.#parts.leave('it has nothing of what is wanted', undefined)
        return
      case 'busy':
        await this.#slowDown(want, parseRetryAfter(reply.retryAfter, this.#parts.clock.epochMs()))
        return
      case 'broken':
        await this.#mayRetry(want, `it answered ${reply.status}`)
    }
  }

  #worked(latencyMs: number | undefined): void {
    this.#failures = 0
    this.#parts.succeeded()
    if (latencyMs !== undefined) this.#latencyMs += (latencyMs - this.#latencyMs) * LATENCY_NEWEST
    if (++this.#successes % GROW_AFTER === 0) this.#limit = Math.min(this.#limit + 1, this.#parts.workers.perHost)
  }

  #deliver({ cid, key, type }: WantEntry, bytes: Uint8Array): MaybePromise<void> {
    this.#tries.delete(key)
    const { events } = this.#parts
    if (type === 'have') return events.received(this.#peer, createMessage({ presences: [{ cid, key, have: true }] }))
    return events.received(this.#peer, createMessage({ blocks: [{ prefix: cidPrefix(cid), bytes }] }))
  }

  /** Whatever is wanted of these blocks. */
  #deny(wants: readonly WantEntry[]): MaybePromise<void> {
    for (const { key } of wants) this.#tries.delete(key)
    const last = wants.map((want) => this.#wants.take(want.key) ?? want)
    const presences = last.filter((want) => want.sendDontHave).map(({ cid, key }) => ({ cid, key, have: false }))
    if (this.#closed || presences.length === 0) return undefined
    return this.#parts.events.received(this.#peer, createMessage({ presences }))
  }

  /** Too much is asked of it: half as much from now on, after the pause that it asked for. */
  async #slowDown(want: WantEntry, retryAfterMs: number | undefined): Promise<void> {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2))
    if (retryAfterMs === undefined || retryAfterMs > MAX_HOLD_MS) {
      await this.#deny([want])
      this.#parts.leave('it asked to be left alone', retryAfterMs)
      return
    }
    this.#hold ??= this.#parts.clock.setTimer(Math.max(retryAfterMs, 1), () => {
      this.#hold = undefined
      this.#pump()
    })
    if (!this.#wants.addAgain(want)) await this.#deny([want])
  }

  async #failed(want: WantEntry, error: unknown, { isCancelled }: BlockRequest): Promise<void> {
    if (isCancelled) return
    // A larger block than is taken is no fault of the host.
    if (error instanceof BodyTooLargeError) await this.#deny([want])
    else await this.#mayRetry(want, error instanceof Error ? error.message : String(error))
  }

  async #mayRetry(want: WantEntry, why: string): Promise<void> {
    const tries = (this.#tries.get(want.key) ?? 0) + 1
    if (++this.#failures >= MAX_FAILURES) {
      await this.#deny([want])
      this.#parts.leave(why, undefined)
      return
    }
    if (tries < MAX_ATTEMPTS && this.#wants.addAgain(want)) this.#tries.set(want.key, tries)
    else await this.#deny([want])
  }

  #rest(): void {
    if (this.#closed) return
    this.#idle ??= this.#parts.clock.setTimer(this.#parts.idleMs, () => this.#parts.idle())
  }
}
