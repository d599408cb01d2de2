import type { AddEvent } from '../../api/service/peer-service.ts'

/** The latest progress of each file under way, for a reader that may be slower than the disk. */
export class ProgressWatch {
  readonly #enabled: boolean
  /** Bounded: one entry for each file read side by side, until it is taken. */
  readonly #latest = new Map<string, number>()
  #reported = Promise.withResolvers<undefined>()

  constructor(enabled: boolean) {
    this.#enabled = enabled
  }

  report(path: string, bytes: number): void {
    if (!this.#enabled) return
    this.#latest.set(path, bytes)
    this.#reported.resolve(undefined)
  }

  /** What `result` comes to, or undefined when there is progress to tell before. */
  orProgress<T>(result: Promise<T>): Promise<T | undefined> {
    return this.#enabled ? Promise.race([result, this.#reported.promise]) : result
  }

  *take(): Generator<AddEvent> {
    this.#reported = Promise.withResolvers<undefined>()
    const latest = [...this.#latest]
    this.#latest.clear()
    for (const [path, bytes] of latest) yield { type: 'progress', path, bytes }
  }
}
