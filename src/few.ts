/**
 * A set and a map for what mostly has one element or none, of which there are very many at a time: the peers asked for one
 * block, say, or what waits for one of many peers. The first element needs no table, and an empty one has none. A `Set` or `Map` takes about 200 bytes as soon as it is made, and makes a new
 * table whenever it becomes empty, which was a tenth of the time that a small block takes.
 */

/** What can be read of a `FewSet`. */
export interface ReadonlyFewSet<T> extends Iterable<T> {
  readonly size: number
  has(value: T): boolean
  /** As going through it, and cheaper. */
  forEach(visit: (value: T) => void): void
}

/** Like a `Set`, in the order of adding. What is added while it is iterated over may be left out. */
export class FewSet<T extends object | string> implements ReadonlyFewSet<T> {
  #one: T | undefined
  /** All of them, once there were two. Bounded: by its user. */
  #many: Set<T> | undefined

  constructor(first?: T) {
    this.#one = first
  }

  get size(): number {
    return this.#many?.size ?? (this.#one === undefined ? 0 : 1)
  }

  has(value: T): boolean {
    return this.#many?.has(value) ?? this.#one === value
  }

  add(value: T): void {
    if (this.#many !== undefined) {
      this.#many.add(value)
    } else if (this.#one === undefined) {
      this.#one = value
    } else if (this.#one !== value) {
      this.#many = new Set([this.#one, value])
      this.#one = undefined
    }
  }

  /** False when it was not there. */
  delete(value: T): boolean {
    if (this.#many !== undefined) {
      const wasThere = this.#many.delete(value)
      if (this.#many.size === 0) this.#many = undefined
      return wasThere
    }
    if (this.#one !== value) return false
    this.#one = undefined
    return true
  }

  clear(): void {
    this.#one = undefined
    this.#many = undefined
  }

  forEach(visit: (value: T) => void): void {
    if (this.#many !== undefined) this.#many.forEach(visit)
    else if (this.#one !== undefined) visit(this.#one)
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#many?.values() ?? new OneIterator(this.#one)
  }
}

/** Cheaper than that of a list made for it. */
class OneIterator<T> implements IterableIterator<T> {
  #value: T | undefined

  constructor(value: T | undefined) {
    this.#value = value
  }

  next(): IteratorResult<T, undefined> {
    const value = this.#value
    this.#value = undefined
    return value === undefined ? { done: true, value: undefined } : { done: false, value }
  }

  [Symbol.iterator](): this {
    return this
  }
}

/** What can be read of a `FewMap`. */
export interface ReadonlyFewMap<K, V> extends Iterable<readonly [K, V]> {
  readonly size: number
  has(key: K): boolean
  get(key: K): V | undefined
  /** As going through it, and cheaper: no entry is made for each. */
  forEach(visit: (value: V, key: K) => void): void
}

/** Like a `Map`, in the order of adding. What is added while it is iterated over may be left out. */
export class FewMap<K extends object | string, V extends object> implements ReadonlyFewMap<K, V> {
  #key: K | undefined
  #value: V | undefined
  /** All of them, once there were two. Bounded: by its user. */
  #many: Map<K, V> | undefined

  get size(): number {
    return this.#many?.size ?? (this.#key === undefined ? 0 : 1)
  }

  has(key: K): boolean {
    return this.#many?.has(key) ?? this.#key === key
  }

  get(key: K): V | undefined {
    if (this.#many !== undefined) return this.#many.get(key)
    return this.#key === key ? this.#value : undefined
  }

  set(key: K, value: V): void {
    if (this.#many === undefined && this.#key !== undefined && this.#value !== undefined && this.#key !== key) {
      this.#many = new Map([[this.#key, this.#value]])
      this.#key = undefined
      this.#value = undefined
    }
    if (this.#many !== undefined) {
      this.#many.set(key, value)
    } else {
      this.#key = key
      this.#value = value
    }
  }

  /** False when it was not there. */
  delete(key: K): boolean {
    if (this.#many !== undefined) {
      const wasThere = this.#many.delete(key)
      if (this.#many.size === 0) this.#many = undefined
      return wasThere
    }
    if (this.#key !== key) return false
    this.#key = undefined
    this.#value = undefined
    return true
  }

  clear(): void {
    this.#key = undefined
    this.#value = undefined
    this.#many = undefined
  }

  keys(): IterableIterator<K> {
    return this.#many?.keys() ?? new OneIterator(this.#key)
  }

  values(): IterableIterator<V> {
    return this.#many?.values() ?? new OneIterator(this.#value)
  }

  forEach(visit: (value: V, key: K) => void): void {
    if (this.#many !== undefined) this.#many.forEach(visit)
    else if (this.#key !== undefined && this.#value !== undefined) visit(this.#value, this.#key)
  }

  [Symbol.iterator](): Iterator<readonly [K, V]> {
    if (this.#many !== undefined) return this.#many.entries()
    if (this.#key === undefined || this.#value === undefined) return new OneIterator<readonly [K, V]>(undefined)
    return new OneIterator([this.#key, this.#value] as const)
  }
}
