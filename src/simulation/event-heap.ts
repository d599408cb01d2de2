/** Something that happens at a moment. `sequence` orders what happens at the same one: first come, first served. */
export interface TimedEvent {
  readonly atMicros: number
  readonly sequence: number
}

/** Children of a node: four lie in one or two cache lines, and the tree is half as deep as with two. */
const CHILDREN = 4
const FIRST_CAPACITY = 256

/**
 * A heap of events, earliest first. Pushing and popping cost log n comparisons, of numbers that lie side by side: with a
 * million events pending, looking into each would cost more than all the rest.
 */
export class EventHeap<Event extends TimedEvent> {
  /** Bounded: by the events its owner has pending; the virtual clock drops cancelled ones with `keep`. */
  #events: Event[] = []
  /** Bounded: twice as many as events were ever pending. */
  #times = new Float64Array(FIRST_CAPACITY)
  /** Bounded: as `#times`. */
  #sequences = new Float64Array(FIRST_CAPACITY)

  get size(): number {
    return this.#events.length
  }

  peek(): Event | undefined {
    return this.#events[0]
  }

  push(event: Event): void {
    const { atMicros, sequence } = event
    let at = this.#events.length
    if (at === this.#times.length) this.#grow()
    this.#events.push(event)
    while (at > 0) {
      const parent = Math.floor((at - 1) / CHILDREN)
      if (!this.#isBefore(atMicros, sequence, parent)) break
      this.#move(parent, at)
      at = parent
    }
    this.#put(event, at)
  }

  pop(): Event | undefined {
    const first = this.#events[0]
    const last = this.#events.pop()
    if (last !== undefined && last !== first) this.#sink(last)
    return first
  }

  /** Drops every event that `wanted` refuses. */
  keep(wanted: (event: Event) => boolean): void {
    const kept = this.#events.filter(wanted).sort(inOrder)
    // A sorted array is a heap already.
    this.#events = kept
    for (const [at, event] of kept.entries()) this.#put(event, at)
  }

  /** Puts an event in place of the first, and down to where it belongs. */
  #sink(event: Event): void {
    const { length } = this.#events
    let at = 0
    for (;;) {
      const left = at * CHILDREN + 1
      if (left >= length) break
      let first = left
      const end = Math.min(left + CHILDREN, length)
      for (let child = left + 1; child < end; child++) {
        if (this.#isBefore(this.#times[child] ?? 0, this.#sequences[child] ?? 0, first)) first = child
      }
      if (this.#isBefore(event.atMicros, event.sequence, first)) break
      this.#move(first, at)
      at = first
    }
    this.#put(event, at)
  }

  #isBefore(time: number, sequence: number, at: number): boolean {
    const other = this.#times[at] ?? 0
    return time === other ? sequence < (this.#sequences[at] ?? 0) : time < other
  }

  #move(from: number, to: number): void {
    const event = this.#events[from]
    if (event !== undefined) this.#put(event, to)
  }

  #put(event: Event, at: number): void {
    this.#events[at] = event
    this.#times[at] = event.atMicros
    this.#sequences[at] = event.sequence
  }

  #grow(): void {
    this.#times = grown(this.#times)
    this.#sequences = grown(this.#sequences)
  }
}

function grown(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}

function inOrder(a: TimedEvent, b: TimedEvent): number {
  return a.atMicros - b.atMicros || a.sequence - b.sequence
}
