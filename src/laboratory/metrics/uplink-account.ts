/** How one peer's uplink was used while others waited for blocks that it had. In milliseconds. */
export class UplinkAccount {
  #atMs: number
  #isBusy = false
  #waiting = 0
  #busyMs = 0
  #waitedMs = 0
  #idleMs = 0

  constructor(nowMs: number) {
    this.#atMs = nowMs
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  turned(nowMs: number, isBusy: boolean): void {
    this.#advance(nowMs)
    this.#isBusy = isBusy
  }

  /** One more peer waits for blocks that this one has, or one less. */
  waits(nowMs: number, by: 1 | -1): void {
    this.#advance(nowMs)
    this.#waiting += by
  }

  /** Busy; with somebody waiting; and idle though somebody waited. */
  reading(nowMs: number): { readonly busyMs: number; readonly waitedMs: number; readonly idleMs: number } {
    this.#advance(nowMs)
    return { busyMs: this.#busyMs, waitedMs: this.#waitedMs, idleMs: this.#idleMs }
  }

  #advance(nowMs: number): void {
    const passed = nowMs - this.#atMs
    this.#atMs = nowMs
    if (this.#isBusy) this.#busyMs += passed
    if (this.#waiting === 0) return
    this.#waitedMs += passed
    if (!this.#isBusy) this.#idleMs += passed
  }
}
