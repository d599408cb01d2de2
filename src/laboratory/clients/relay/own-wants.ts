import type { CidKey } from '../../../ids.ts'
import type { BoxoHooks } from '../boxo/boxo-hooks.ts'

/** What a client's own sessions want, and not only others. */
export class OwnWants {
  /** How many sessions want each. Bounded: open wants. */
  readonly #sessions = new Map<CidKey, number>()

  has(key: CidKey): boolean {
    return this.#sessions.has(key)
  }

  readonly hooks: BoxoHooks = {
    began: ({ shared: { key } }) => void this.#sessions.set(key, (this.#sessions.get(key) ?? 0) + 1),
    ended: ({ shared: { key } }) => {
      const left = (this.#sessions.get(key) ?? 0) - 1
      if (left > 0) this.#sessions.set(key, left)
      else this.#sessions.delete(key)
    }
  }
}
