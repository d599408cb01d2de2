import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../../ids.ts'
import type { Clock, Logger } from '../../ports.ts'
import type { CompositeRouter } from '../composite-router.ts'
import { CycleKeeper } from './cycle-keeper.ts'
import { MAX_NAP_MS, Nap } from './nap.ts'
import { Pauses } from './pauses.ts'
import { NotProvidedError } from '../router.ts'
import type { ProvideInfo } from './provide-info.ts'
import { newJob, ProvideQueue, type Job } from './provide-queue.ts'
import type { ProvideStore } from './provide-store.ts'
import type { ProvidedSource } from './provided-source.ts'
import { DEFAULT_PROVIDING_OPTIONS, type ProvidingOptions } from './providing-options.ts'
import { Sweep } from './sweep.ts'

export interface ProvidingParts {
  readonly router: Pick<CompositeRouter, 'provide' | 'withdraw'>
  readonly source: ProvidedSource
  readonly store: ProvideStore
  readonly clock: Clock
  readonly logger: Logger
}

/** Failures of one key while others succeed, after which it waits for the next cycle. */
const MAX_FAILURES = 5

/**
 * Tells the routing systems what this peer has: what is new at once, and everything again in each interval.
 *
 * 1. What is announced is written down before `announce` resolves, and stays so until it was provided.
 * 2. A cycle is over when everything the source names was provided since it began; a restart goes on where it was.
 * 3. No more than `workers` at a time and `startsPerSecond`; after a failure not for a while, longer each time.
 * 4. A router that is reached for the first time in a cycle is told everything, not only what comes after.
 */
export class Providing {
  readonly #parts: ProvidingParts
  readonly #options: ProvidingOptions
  readonly #queue: ProvideQueue
  readonly #pauses: Pauses
  readonly #nap: Nap
  readonly #abort = new AbortController()
  /** Being provided. Bounded: `workers`. */
  readonly #active = new Map<CidKey, Promise<void>>()
  readonly #cycle: CycleKeeper
  #sweep: Sweep | undefined
  /** Everything is to be gone through, or is being: at the start, in a new cycle, after the queue overflowed. */
  #sweeping = true
  /** Announced while the queue was full. */
  #missed = false
  /** Keys found by going through everything that are neither done nor given up. */
  #open = 0
  #warned = false
  #running: Promise<void> | undefined
  #provided = 0
  #failed = 0
  #overflowed = 0
  #totalMs = 0
  #lastError: string | undefined
  /** The last attempt met nobody who could be told. */
  #nobody = false

  constructor(parts: ProvidingParts, options: Partial<ProvidingOptions> = {}) {
    this.#parts = parts
    this.#options = { ...DEFAULT_PROVIDING_OPTIONS, ...options }
    this.#queue = new ProvideQueue(this.#options.maxQueued)
    this.#pauses = new Pauses(this.#options.startsPerSecond)
    this.#nap = new Nap(parts.clock)
    this.#cycle = new CycleKeeper(parts.store, parts.clock, this.#options.intervalMs)
  }

  /** Takes up where the last process left off. */
  async start(): Promise<void> {
    await this.#cycle.load()
    for (const cid of await this.#parts.store.queued()) if (!this.#queue.add(newJob(cid, false))) this.#overflowed++
    this.#running = this.#run()
  }

  /** What is under way is given up, and stays written down. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error('this peer stops'))
    this.#sweep?.stop()
    this.#nap.wake()
    await this.#running
    await Promise.all(this.#active.values())
  }

  /** To be provided as soon as may be. Resolves once that is written down. */
  async announce(cid: CID): Promise<void> {
    const { store } = this.#parts
    if (this.#isBusy(cidKey(cid)) || this.#abort.signal.aborted) return
    if (this.#cycle.covers(await store.providedAt(cid))) return
    if (!this.#queue.isFull) await store.enqueue(cid)
    this.#enqueue(cid)
  }

  /** To be provided as well, and not written down: it is of the source, which is gone through after a restart anyway. */
  noticed(cid: CID): void {
    if (!this.#isBusy(cidKey(cid)) && !this.#abort.signal.aborted) this.#enqueue(cid)
  }

  /** Forgets what waits; resolves with how many keys that were. What is under way ends as it does. */
  async clear(): Promise<number> {
    const jobs = this.#queue.clear()
    jobs.forEach((job) => this.#settled(job))
    for (const { cid } of jobs) await this.#parts.store.dequeue(cid)
    return jobs.length
  }

  /** A peer connected: if nobody took records before, somebody may now. */
  hope(): void {
    if (this.#pauses.hope(this.#parts.clock.now())) this.#nap.wake()
  }

  info(): ProvideInfo {
    const { clock } = this.#parts
    const { intervalMs, workers, maxQueued } = this.#options
    const { startedAt, finishedAt, lastKeys, lastDurationMs } = this.#cycle.current
    return {
      state: this.#state(),
      resumesInMs: this.#pauses.isPaused(clock.now()) ? this.#pauses.waitMs(clock.now()) : 0,
      lastError: this.#lastError,
      queued: this.#queue.size,
      maxQueued,
      active: this.#active.size,
      workers,
      intervalMs,
      cycle: { startedAt, finishedAt, done: this.#done, lastKeys, lastDurationMs, nextAt: this.#cycle.nextAt },
      behindMs: this.#nobody ? 0 : this.#cycle.behindMs(this.#done),
      provided: this.#provided,
      failed: this.#failed,
      overflowed: this.#overflowed,
      averageMs: this.#provided === 0 ? 0 : this.#totalMs / this.#provided
    }
  }

  get #done(): number {
    return this.#sweep?.done ?? this.#cycle.current.lastKeys ?? 0
  }

  #enqueue(cid: CID): void {
    if (!this.#queue.add(newJob(cid, false))) {
      this.#overflowed++
      this.#missed = true
    }
    this.#nap.wake()
  }

  #isBusy(key: CidKey): boolean {
    return this.#queue.has(key) || this.#active.has(key)
  }

  #state(): ProvideInfo['state'] {
    if (this.#running === undefined || this.#abort.signal.aborted) return 'stopped'
    if (this.#pauses.isPaused(this.#parts.clock.now())) return this.#nobody ? 'waiting' : 'paused'
    return this.#active.size > 0 || this.#queue.size > 0 || this.#sweeping ? 'providing' : 'idle'
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#parts
    while (!this.#abort.signal.aborted) {
      const waitMs = this.#active.size >= this.#options.workers ? MAX_NAP_MS : this.#pauses.waitMs(clock.now())
      if (waitMs > 0) {
        await this.#nap.take(waitMs)
        continue
      }
      try {
        const job = this.#queue.take() ?? (await this.#nextSwept())
        if (job !== undefined) this.#begin(job)
        else await this.#nap.take(await this.#whenIdle())
      } catch (error) {
        this.#noteFailure(error)
        this.#pauses.failed(clock.now(), clock.now())
        logger.warn('providing is held up', { error })
      }
    }
  }

  /** The next key that the source names and that is due; undefined when there is none. */
  async #nextSwept(): Promise<Job | undefined> {
    if (!this.#sweeping) return undefined
    const { source, store } = this.#parts
    const isDone = (at: number | undefined): boolean => this.#cycle.covers(at)
    const sweep = (this.#sweep ??= new Sweep({ source, store, isBusy: (key) => this.#isBusy(key), isDone }))
    try {
      const cid = await sweep.next()
      // Meanwhile another may have begun in its place.
      if (cid === undefined && this.#sweep === sweep) this.#sweeping = false
      if (cid === undefined) return undefined
      this.#open++
      return newJob(cid, true)
    } catch (error) {
      if (this.#abort.signal.aborted || this.#sweep !== sweep) return undefined
      this.#sweep = undefined
      throw error
    }
  }

  /** Ends and begins cycles; returns how long there is nothing to do. */
  async #whenIdle(): Promise<number> {
    if (this.#missed) return this.#sweepAgain()
    if (!this.#cycle.isFinished && !this.#sweeping && this.#open === 0) {
      await this.#cycle.finish(this.#sweep?.seen ?? 0)
      await this.#forgetGone()
    }
    const dueMs = this.#cycle.dueInMs()
    if (dueMs === 0) await this.#beginCycle([])
    return Math.min(dueMs, MAX_NAP_MS)
  }

  #sweepAgain(): number {
    this.#missed = false
    this.#sweeping = true
    this.#sweep?.stop()
    this.#sweep = undefined
    return 0
  }

  async #beginCycle(reached: readonly string[]): Promise<void> {
    this.#sweepAgain()
    this.#warned = false
    await this.#cycle.begin(reached)
  }

  /** What was provided before this cycle and not in it is not there any more. */
  async #forgetGone(): Promise<void> {
    const { store, router, logger } = this.#parts
    const { signal } = this.#abort
    for await (const cid of store.olderThan(this.#cycle.current.startedAt)) {
      if (signal.aborted) return
      if (this.#isBusy(cidKey(cid))) continue
      await store.forget(cid)
      const failed = (error: unknown): void => logger.debug('a record could not be taken back', { error })
      await router.withdraw(cid, { signal }).catch(failed)
    }
  }

  #begin(job: Job): void {
    this.#pauses.started(this.#parts.clock.now())
    this.#active.set(job.key, this.#provide(job))
  }

  async #provide(job: Job): Promise<void> {
    const { router, store, clock } = this.#parts
    const startedAt = clock.now()
    const at = clock.epochMs() // What began before a cycle is not of it: not every router may have been told.
    try {
      const told = await router.provide(job.cid, { signal: this.#abort.signal })
      await store.provided(job.cid, at)
      await this.#succeeded(job, told, clock.now() - startedAt)
    } catch (error) {
      if (!this.#abort.signal.aborted) await this.#failedFor(job, error, startedAt)
    } finally {
      this.#active.delete(job.key)
      this.#nap.wake()
    }
  }

  async #succeeded(job: Job, told: readonly string[], durationMs: number): Promise<void> {
    this.#pauses.succeeded()
    this.#nobody = false
    this.#provided++
    this.#totalMs += durationMs
    this.#settled(job)
    if (job.swept) this.#sweep?.settled()
    // One had been out of reach while others were told: from here on all of them are told everything anew.
    const late = await this.#cycle.reached(told)
    if (late !== undefined) await this.#beginCycle(late)
    this.#warnWhenBehind()
  }

  async #failedFor(job: Job, error: unknown, startedAt: number): Promise<void> {
    this.#noteFailure(error)
    this.#pauses.failed(startedAt, this.#parts.clock.now())
    if (this.#provided > job.seenProvided && !this.#nobody) job.failures++
    job.seenProvided = this.#provided
    this.#parts.logger.debug('a key could not be provided', { cid: job.cid.toString(), error })
    if (job.failures < MAX_FAILURES && this.#queue.add(job)) return
    this.#failed++
    this.#settled(job)
    await this.#parts.store
      .dequeue(job.cid)
      .catch((cause: unknown) => this.#parts.logger.warn('the provide queue cannot be written', { error: cause }))
  }

  #noteFailure(error: unknown): void {
    this.#nobody = error instanceof NotProvidedError && error.nobody
    if (!this.#nobody) this.#lastError = error instanceof Error ? error.message : String(error)
  }

  #settled({ swept }: Job): void {
    if (swept) this.#open--
  }

  #warnWhenBehind(): void {
    const hours = Math.ceil(this.#cycle.behindMs(this.#done) / 3_600_000)
    if (hours === 0 || this.#warned) return
    this.#warned = true
    this.#parts.logger.warn('providing falls behind: records will expire before they are renewed', { hours })
  }
}
