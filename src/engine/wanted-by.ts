import type { CidKey } from '../ids.ts'

/** Who waits for a block that is not here (as far as we know): to wake them when it arrives, without asking everybody. */
export class WantedBy<Partner> {
  /** Bounded: by the wants kept of all partners. A set only where several want one block, which is rare. */
  readonly #partners = new Map<CidKey, Partner | Set<Partner>>()

  get size(): number {
    return this.#partners.size
  }

  has(key: CidKey): boolean {
    return this.#partners.has(key)
  }

  add(key: CidKey, partner: Partner): void {
    const known = this.#partners.get(key)
    if (known === undefined || known === partner) this.#partners.set(key, partner)
    else if (known instanceof Set) known.add(partner)
    else this.#partners.set(key, new Set([known, partner]))
  }

  delete(key: CidKey, partner: Partner): void {
    const known = this.#partners.get(key)
    if (known instanceof Set) {
      known.delete(partner)
      if (known.size === 0) this.#partners.delete(key)
    } else if (known === partner) {
      this.#partners.delete(key)
    }
  }

  /** Those who wait, in a list of its own. */
  get(key: CidKey): readonly Partner[] {
    const known = this.#partners.get(key)
    if (known === undefined) return []
    return known instanceof Set ? [...known] : [known]
  }
}
