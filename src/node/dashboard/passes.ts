import { randomBytes } from 'node:crypto'
import { dropOldest } from '../../drop-oldest.ts'

const PASS_BYTES = 24
const VALID_MS = 60_000

/** Texts that nobody can guess, each of which stands for something, for a minute. */
export class Passes<Value> {
  readonly #max: number
  /** Bounded: `max`; the oldest makes room. */
  readonly #held = new Map<string, { readonly value: Value; readonly until: number }>()

  constructor(max: number) {
    this.#max = max
  }

  issue(value: Value, now = Date.now()): string {
    const pass = randomBytes(PASS_BYTES).toString('base64url')
    this.#held.set(pass, { value, until: now + VALID_MS })
    dropOldest(this.#held, this.#max)
    return pass
  }

  /** What a pass stands for; undefined for one that is none, or too old. */
  valueOf(pass: string, now = Date.now()): Value | undefined {
    const found = this.#held.get(pass)
    return found === undefined || now > found.until ? undefined : found.value
  }

  /** The same, the first time. */
  redeem(pass: string, now = Date.now()): Value | undefined {
    const value = this.valueOf(pass, now)
    this.#held.delete(pass)
    return value
  }
}
