import type { Multiaddr } from '@multiformats/multiaddr'
import { InvalidParametersError } from '../../errors.ts'
import { AddressRanges } from './address-ranges.ts'

/** Filters at once. */
const MAX_FILTERS = 10_000

/** The ranges that are neither dialled nor accepted: `Swarm.AddrFilters`, and what was changed since the start. */
export class AddressFilters {
  /** Bounded: by MAX_FILTERS, beyond which adding fails. */
  readonly #masks = new Set<string>()
  #ranges = new AddressRanges([])

  constructor(masks: readonly string[]) {
    this.add(masks)
  }

  list(): readonly string[] {
    return [...this.#masks]
  }

  /** Throws `InvalidParametersError` for what is no range, and then nothing is added. */
  add(masks: readonly string[]): void {
    for (const mask of masks) checkMask(mask)
    if (this.#masks.size + masks.length > MAX_FILTERS) {
      throw new InvalidParametersError(
        `there are ${this.#masks.size} filters, and ${MAX_FILTERS} are the most there can be`
      )
    }
    for (const mask of masks) this.#masks.add(mask)
    this.#ranges = new AddressRanges(this.list())
  }

  /** Returns those that were there. */
  remove(masks: readonly string[] | 'all'): readonly string[] {
    const removed = (masks === 'all' ? this.list() : masks).filter((mask) => this.#masks.delete(mask))
    this.#ranges = new AddressRanges(this.list())
    return removed
  }

  covers(address: Multiaddr): boolean {
    return this.#ranges.covers(address)
  }
}

function checkMask(mask: string): void {
  try {
    new AddressRanges([mask])
  } catch (cause) {
    throw new InvalidParametersError(`"${mask}" is no range of addresses: expected one like /ip4/10.0.0.0/ipcidr/8`, {
      cause
    })
  }
}
