import type { MaybePromise } from './ports.ts'

export type Step = () => MaybePromise<void>

export interface LifecycleSteps {
  /** One after the other; one that fails is the last. */
  readonly start: readonly Step[]
  /** One after the other, all of them even when some fail; each must bear that its counterpart was never started. */
  readonly stop: readonly Step[]
  /** What went wrong besides the error that is thrown. */
  readonly onError: (error: unknown) => void
}

/**
 * Starting and stopping, each whole before the next begins, in the order they were called: whoever stops what is still
 * starting finds it stopped in the end. A start that fails is undone.
 */
export class Lifecycle {
  readonly #steps: LifecycleSteps
  #running = false
  #last: Promise<void> = Promise.resolve()

  constructor(steps: LifecycleSteps) {
    this.#steps = steps
  }

  /** True from the end of a start to the beginning of a stop. */
  get isRunning(): boolean {
    return this.#running
  }

  /** Does nothing when it runs already. Rejects with what the failing step threw. */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running) return
      try {
        for (const step of this.#steps.start) await step()
      } catch (error) {
        for (const undoing of await this.#stopAll()) this.#steps.onError(undoing)
        throw error
      }
      this.#running = true
    })
  }

  /** Does nothing when it is stopped already. It is stopped afterwards, also when it rejects, with the first error. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#running) return
      this.#running = false
      const errors = await this.#stopAll()
      if (errors.length === 0) return
      for (const error of errors.slice(1)) this.#steps.onError(error)
      throw errors[0]
    })
  }

  async #stopAll(): Promise<readonly unknown[]> {
    const errors: unknown[] = []
    for (const step of this.#steps.stop) {
      try {
        await step()
      } catch (error) {
        errors.push(error)
      }
    }
    return errors
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const done = this.#last.then(run)
    this.#last = done.catch(() => undefined)
    return done
  }
}
