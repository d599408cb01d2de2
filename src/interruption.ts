/**
 * What may end a wait that is done again and again. `Promise.race` with one promise for all of them would keep a trace of
 * each until that promise settles, and before Node 24 also what each came to: all of a large file.
 */
export class Interruption {
  #ended: { readonly reason: unknown } | undefined
  #giveUp: ((reason: unknown) => void) | undefined

  /** Ends the wait under way, and all later ones. */
  end(reason: unknown): void {
    this.#ended ??= { reason }
    this.#giveUp?.(this.#ended.reason)
  }

  /** As `promise`, unless the end comes first; one at a time. What comes of `promise` after the end is nobody's. */
  wait<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(resolve, reject)
      if (this.#ended !== undefined) reject(this.#ended.reason)
      this.#giveUp = reject
    })
  }
}
