import type { Parcel } from './parcel.ts'

/** Parcels in a row, each knowing the next: an empty array would keep the memory of what was in it, twice for every link. */
export class ParcelChain {
  #first: Parcel | undefined
  #last: Parcel | undefined

  get first(): Parcel | undefined {
    return this.#first
  }

  /** A parcel is in one chain at a time. */
  push(parcel: Parcel): void {
    if (this.#last === undefined) this.#first = parcel
    else this.#last.next = parcel
    this.#last = parcel
  }

  shift(): Parcel | undefined {
    const parcel = this.#first
    if (parcel === undefined) return undefined
    this.#first = parcel.next
    parcel.next = undefined
    if (this.#first === undefined) this.#last = undefined
    return parcel
  }

  /** Takes all of them out, but for those to be kept. */
  drop(isKept: (parcel: Parcel) => boolean = () => false): readonly Parcel[] {
    const dropped: Parcel[] = []
    const kept: Parcel[] = []
    for (let parcel = this.shift(); parcel !== undefined; parcel = this.shift()) {
      if (isKept(parcel)) kept.push(parcel)
      else dropped.push(parcel)
    }
    for (const parcel of kept) this.push(parcel)
    return dropped
  }
}
