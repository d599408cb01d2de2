/** Something that happens at a moment. `sequence` orders what happens at the same one: first come, first served. */
export interface TimedEvent {
  readonly atMicros: number
  readonly sequence: number
}

/** A binary heap of events, earliest first. Pushing and popping cost log n comparisons. */
export class EventHeap<Event extends TimedEvent> {
  /** Bounded: by the events its owner has pending; the virtual clock drops cancelled ones with `keep`. */
  #heap: Event[] = []

  get size(): number {
    return this.#heap.length
  }

  peek(): Event | undefined {
    return this.#heap[0]
  }

  push(event: Event): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt]
      if (parent === undefined || !isBefore(event, parent)) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = event
  }

  pop(): Event | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && last !== first) this.#sink(0, last)
    return first
  }

  /** Drops every event that `wanted` refuses, in one pass. */
  keep(wanted: (event: Event) => boolean): void {
    // A sorted array is a heap already.
    this.#heap = this.#heap.filter(wanted).sort((a, b) => (isBefore(a, b) ? -1 : 1))
  }

  #sink(from: number, event: Event): void {
    const heap = this.#heap
    let at = from
    for (;;) {
      const left = heap[2 * at + 1]
      if (left === undefined) break
      const right = heap[2 * at + 2]
      const rightFirst = right !== undefined && isBefore(right, left)
      const child = rightFirst ? right : left
      if (!isBefore(child, event)) break
      heap[at] = child
      at = 2 * at + (rightFirst ? 2 : 1)
    }
    heap[at] = event
  }
}

function isBefore(a: TimedEvent, b: TimedEvent): boolean {
  return a.atMicros === b.atMicros ? a.sequence < b.sequence : a.atMicros < b.atMicros
}
