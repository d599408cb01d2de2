/** Work on one key comes one after the other, in the order asked; work on different keys runs side by side. */
export class KeyLocks<Key> {
  /** The last piece of work asked for, by key. Bounded: one entry for each key that is being worked on. */
  readonly #tails = new Map<Key, Promise<unknown>>()

  /** Keys that are being worked on. */
  get size(): number {
    return this.#tails.size
  }

  busy(key: Key): boolean {
    return this.#tails.has(key)
  }

  run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const result = before === undefined ? work() : before.then(work, work)
    this.#tails.set(key, result)
    const ended = (): void => {
      if (this.#tails.get(key) === result) this.#tails.delete(key)
    }
    result.then(ended, ended)
    return result
  }

  /** Resolves when everything asked for so far has ended, well or badly. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.allSettled(this.#tails.values())
  }
}
