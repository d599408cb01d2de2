/**
 * A binary heap whose items know their place in it, so that any of them can be taken out or moved in log n steps.
 * Subclasses say which of two items comes first, and where an item keeps its place.
 */
export abstract class IndexedHeap<Item> {
  /** Bounded: by the owner. */
  readonly #items: Item[] = []

  protected abstract isBefore(a: Item, b: Item): boolean
  protected abstract placeOf(item: Item): number
  protected abstract setPlace(item: Item, place: number): void

  get size(): number {
    return this.#items.length
  }

  peek(): Item | undefined {
    return this.#items[0]
  }

  /** All items, in no order that means anything. */
  protected get items(): readonly Item[] {
    return this.#items
  }

  push(item: Item): void {
    this.#items.push(item)
    this.#rise(this.#items.length - 1, item)
  }

  /** Takes an item out; one that is not in the heap (place -1) is left alone. */
  remove(item: Item): void {
    const place = this.placeOf(item)
    if (place < 0) return
    const last = this.#items.pop()
    // An empty array keeps the memory of what was in it, unless it is told.
    if (this.#items.length === 0) this.#items.length = 0
    this.setPlace(item, -1)
    if (last !== undefined && last !== item) this.#settle(place, last)
  }

  /** Call when what orders the item has changed. */
  moved(item: Item): void {
    const place = this.placeOf(item)
    if (place >= 0) this.#settle(place, item)
  }

  #settle(place: number, item: Item): void {
    const parent = this.#items[(place - 1) >> 1]
    if (place > 0 && parent !== undefined && this.isBefore(item, parent)) this.#rise(place, item)
    else this.#sink(place, item)
  }

  #rise(from: number, item: Item): void {
    let at = from
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = this.#items[parentAt]
      if (parent === undefined || !this.isBefore(item, parent)) break
      this.#put(at, parent)
      at = parentAt
    }
    this.#put(at, item)
  }

  #sink(from: number, item: Item): void {
    let at = from
    for (;;) {
      const leftAt = 2 * at + 1
      const left = this.#items[leftAt]
      if (left === undefined) break
      const right = this.#items[leftAt + 1]
      const isRight = right !== undefined && this.isBefore(right, left)
      const child = isRight ? right : left
      if (!this.isBefore(child, item)) break
      this.#put(at, child)
      at = isRight ? leftAt + 1 : leftAt
    }
    this.#put(at, item)
  }

  #put(place: number, item: Item): void {
    this.#items[place] = item
    this.setPlace(item, place)
  }
}
