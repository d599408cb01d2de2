type Close = () => Promise<void>

/** How to close what was opened, the last first. */
export class Closers {
  /** Bounded: by the parts of what is opened. */
  readonly #closers: Close[] = []
  #closing: Promise<void> | undefined

  add(close: Close): void {
    this.#closers.unshift(close)
  }

  /** One that fails does not keep the next from closing; rejects with the first failure. Done once, however often called. */
  readonly close = (): Promise<void> => (this.#closing ??= this.#closeAll())

  async #closeAll(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closers) {
      try {
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
