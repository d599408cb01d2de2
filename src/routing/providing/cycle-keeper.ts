import type { Clock } from '../../ports.ts'
import { behindMs, finish, newCycle, nextCycleAt, type Cycle } from './cycle.ts'
import type { ProvideStore } from './provide-store.ts'

type CycleStore = Pick<ProvideStore, 'readCycle' | 'writeCycle'>

/** The cycle under way, or the last one, as it is written down. */
export class CycleKeeper {
  readonly #store: CycleStore
  readonly #clock: Pick<Clock, 'epochMs'>
  readonly #intervalMs: number
  #cycle: Cycle

  constructor(store: CycleStore, clock: Pick<Clock, 'epochMs'>, intervalMs: number) {
    this.#store = store
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#cycle = newCycle(clock.epochMs())
  }

  get current(): Cycle {
    return this.#cycle
  }

  get isFinished(): boolean {
    return this.#cycle.finishedAt !== undefined
  }

  get nextAt(): number {
    return nextCycleAt(this.#cycle, this.#clock.epochMs(), this.#intervalMs)
  }

  /** Goes on with the one of the last process. */
  async load(): Promise<void> {
    const now = this.#clock.epochMs()
    const written = await this.#store.readCycle()
    // A clock that was set back since: nothing written down by it can be compared with the present.
    this.#cycle = written === undefined || written.startedAt > now ? newCycle(now, written) : written
  }

  async begin(reached: readonly string[] = []): Promise<void> {
    this.#cycle = { ...newCycle(this.#clock.epochMs(), this.#cycle), reached }
    await this.#store.writeCycle(this.#cycle)
  }

  async finish(keys: number): Promise<void> {
    this.#cycle = finish(this.#cycle, this.#clock.epochMs(), keys)
    await this.#store.writeCycle(this.#cycle)
  }

  /** Milliseconds until the next begins; Infinity while one is under way, or when none is to follow. */
  dueInMs(): number {
    if (this.#intervalMs === 0 || !this.isFinished) return Infinity
    return Math.max(0, this.nextAt - this.#clock.epochMs())
  }

  /** Was a key told to be provided at `at` in this cycle? A time to come is of a clock that was set back. */
  covers(at: number | undefined): boolean {
    return at !== undefined && at >= this.#cycle.startedAt && at <= this.#clock.epochMs()
  }

  /** These routers took a record. Resolves with all that were reached when one of them is late, else with undefined. */
  async reached(told: readonly string[]): Promise<readonly string[] | undefined> {
    const before = this.#cycle.reached
    const news = told.filter((router) => !before.includes(router))
    if (news.length === 0) return undefined
    if (before.length > 0) return [...before, ...news]
    this.#cycle = { ...this.#cycle, reached: news }
    await this.#store.writeCycle(this.#cycle)
    return undefined
  }

  behindMs(done: number): number {
    return behindMs(this.#cycle, done, this.#clock.epochMs(), this.#intervalMs)
  }
}
