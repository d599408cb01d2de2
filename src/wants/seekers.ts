import { FewSet } from '../few.ts'
import type { CidKey, PeerId } from '../ids.ts'
import type { Holder, WantTable } from './want-table.ts'

/** Who of us is told which peers seek a block: those who want it as well, and those who fetched it and want what goes with it. */
export class Seekers {
  readonly #table: Pick<WantTable, 'get'>
  /** Blocks that holders fetched, by which they know each other. Bounded: a few for each session, by `Fellows`. */
  readonly #fetched = new Map<CidKey, FewSet<Holder>>()

  constructor(table: Pick<WantTable, 'get'>) {
    this.#table = table
  }

  /** A partner wants a block. */
  wantedToo(peer: PeerId, key: CidKey): void {
    for (const holder of this.#table.get(key)?.holders ?? []) holder.wantedToo?.(peer)
    for (const holder of this.#fetched.get(key) ?? []) holder.wantedToo?.(peer)
  }

  /** The holder is told who wants this block, until it forgets it. */
  remember(key: CidKey, holder: Holder): void {
    const holders = this.#fetched.get(key)
    if (holders === undefined) this.#fetched.set(key, new FewSet(holder))
    else holders.add(holder)
  }

  forget(key: CidKey, holder: Holder): void {
    const holders = this.#fetched.get(key)
    if (holders?.delete(holder) === true && holders.size === 0) this.#fetched.delete(key)
  }
}
