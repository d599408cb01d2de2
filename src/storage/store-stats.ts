/** What one store did since it was opened. Bytes are those of values; times are milliseconds, of calls side by side added up. */
export interface StoreStats {
  /** What it is for: `blocks`, `blocks.cache`, `metadata`, `peers` … */
  readonly name: string
  /** How it keeps things: `fs`, `level`, `memory`, `blockstore-fs`. */
  readonly kind: string
  /** Where; empty for memory. */
  readonly location: string
  /** Values read that were there, and those that were not. Looking whether something is there counts, too. */
  readonly hits: number
  readonly misses: number
  readonly readBytes: number
  readonly readMs: number
  readonly writes: number
  readonly writeBytes: number
  readonly writeMs: number
  readonly deletes: number
  readonly errors: number
  /** Of a cache: what it holds, and may hold. */
  readonly heldBytes?: number
  readonly maxBytes?: number
  /** Of a store that puts damaged blocks apart: those it found, and those that were stored again. */
  readonly damaged?: number
  readonly healed?: number
}

type Counts = Omit<StoreStats, 'name' | 'kind' | 'location' | 'heldBytes' | 'maxBytes' | 'damaged' | 'healed'>

const NOTHING: Counts = {
  hits: 0,
  misses: 0,
  readBytes: 0,
  readMs: 0,
  writes: 0,
  writeBytes: 0,
  writeMs: 0,
  deletes: 0,
  errors: 0
}

/** Counts what a store does. Answers that are no promises stay none. */
export class StoreMeter {
  readonly #of: Pick<StoreStats, 'name' | 'kind' | 'location'>
  readonly #now: () => number
  readonly #counts: { -readonly [Name in keyof Counts]: number } = { ...NOTHING }

  constructor(of: Pick<StoreStats, 'name' | 'kind' | 'location'>, now: () => number = () => performance.now()) {
    this.#of = of
    this.#now = now
  }

  stats(): StoreStats {
    return { ...this.#of, ...this.#counts }
  }

  /** Runs a read; `sizeOf` tells how many bytes came of it, undefined for none at all. */
  read<Value>(
    work: () => Value | Promise<Value>,
    sizeOf: (value: Value) => number | undefined
  ): Value | Promise<Value> {
    return this.#timed(work, 'readMs', (value) => {
      const bytes = sizeOf(value)
      this.#counts[bytes === undefined ? 'misses' : 'hits'] += 1
      this.#counts.readBytes += bytes ?? 0
    })
  }

  write<Value>(work: () => Value | Promise<Value>, bytes: number, values = 1): Value | Promise<Value> {
    return this.#timed(work, 'writeMs', () => {
      this.#counts.writes += values
      this.#counts.writeBytes += bytes
    })
  }

  delete<Value>(work: () => Value | Promise<Value>): Value | Promise<Value> {
    return this.#timed(work, 'writeMs', () => (this.#counts.deletes += 1))
  }

  /** Counts one value of many that are read one by one. */
  found(bytes: number): void {
    this.#counts.hits += 1
    this.#counts.readBytes += bytes
  }

  failed(): void {
    this.#counts.errors += 1
  }

  #timed<Value>(
    work: () => Value | Promise<Value>,
    time: 'readMs' | 'writeMs',
    done: (value: Value) => void
  ): Value | Promise<Value> {
    const began = this.#now()
    const end = (value: Value): Value => {
      this.#counts[time] += this.#now() - began
      done(value)
      return value
    }
    try {
      const result = work()
      return result instanceof Promise ? result.then(end, (error: unknown) => this.#throw(error)) : end(result)
    } catch (error) {
      return this.#throw(error)
    }
  }

  /** A caller that gave up is no failure of the store. */
  #throw(error: unknown): never {
    const isAbort = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
    if (!isAbort) this.failed()
    throw error
  }
}
