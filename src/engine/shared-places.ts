/**
 * Places for wants beyond those that each partner has by itself, lent to whoever comes first. For wants whose blocks are
 * here, or may be: these are served and gone. A want for a block that is not here stands, and never takes one.
 */
export class SharedPlaces {
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  get free(): number {
    return this.#free
  }

  /** False when none is left. */
  take(): boolean {
    if (this.#free === 0) return false
    this.#free--
    return true
  }

  give(count: number): void {
    this.#free += count
  }
}
