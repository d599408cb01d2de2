/** Weight of the last second in a rate: what was a step shows to two thirds after four of them. */
const LAST_SHARE = 0.25

/** Bytes that went one way, and how many go in a second. */
export class FlowMeter {
  #total = 0
  #before = 0
  #rate = 0

  get total(): number {
    return this.#total
  }

  /** Bytes a second, over the last few. */
  get rate(): number {
    return this.#rate
  }

  add(bytes: number): void {
    this.#total += bytes
  }

  /** To be called about once a second: `elapsedMs` since the last time. */
  tick(elapsedMs: number): void {
    if (elapsedMs <= 0) return
    const now = ((this.#total - this.#before) * 1_000) / elapsedMs
    this.#rate += LAST_SHARE * (now - this.#rate)
    this.#before = this.#total
    if (this.#rate < 1) this.#rate = 0
  }
}
