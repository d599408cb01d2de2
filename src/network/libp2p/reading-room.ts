/** One that wants to read a long message, and is told when it may. */
export interface RoomUser {
  enter(): void
}

/**
 * Where long messages are read, one at a time: a message of 4 MiB becomes tens of thousands of objects, and a hundred peers
 * may send one at the same moment. Those who wait take turns.
 */
export class ReadingRoom {
  #inside: RoomUser | undefined
  /** Bounded: peers, as each reads one message at a time. */
  readonly #waiting = new Set<RoomUser>()

  /** True when `user` is in the room now; otherwise it is let in later. */
  ask(user: RoomUser): boolean {
    if (this.#inside === undefined || this.#inside === user) {
      this.#inside = user
      return true
    }
    this.#waiting.add(user)
    return false
  }

  /** It has read its message, or needs no room any more. Harmless when it was never there. */
  leave(user: RoomUser): void {
    this.#waiting.delete(user)
    if (this.#inside !== user) return
    const [next] = this.#waiting
    this.#inside = next
    if (next === undefined) return
    this.#waiting.delete(next)
    next.enter()
  }
}
