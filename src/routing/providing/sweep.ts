import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../../ids.ts'
import type { ProvideStore } from './provide-store.ts'
import type { ProvidedSource } from './provided-source.ts'

export interface SweepParts {
  readonly source: ProvidedSource
  readonly store: Pick<ProvideStore, 'providedAt'>
  /** True for a key that waits or is under way already. */
  readonly isBusy: (key: CidKey) => boolean
  /** True for one that was provided at this time, and need not be again. */
  readonly isDone: (at: number | undefined) => boolean
}

/** Goes through everything once, and finds what is due. */
export class Sweep {
  readonly #keys: AsyncGenerator<CID>
  readonly #abort = new AbortController()
  #seen = 0
  #done = 0

  constructor(parts: SweepParts) {
    this.#keys = this.#run(parts)
  }

  /** Keys passed. */
  get seen(): number {
    return this.#seen
  }

  /** Keys passed that need nothing more. */
  get done(): number {
    return this.#done
  }

  /** One of the keys that were found is done now. */
  settled(): void {
    this.#done++
  }

  /** Undefined at the end. Rejects when the source cannot be read. */
  async next(): Promise<CID | undefined> {
    const next = await this.#keys.next()
    return next.done === true ? undefined : next.value
  }

  stop(): void {
    this.#abort.abort()
    this.#keys.return(undefined).catch(() => undefined)
  }

  async *#run({ source, store, isBusy, isDone }: SweepParts): AsyncGenerator<CID> {
    for await (const cid of source.all({ signal: this.#abort.signal })) {
      this.#seen++
      if (isBusy(cidKey(cid))) continue
      if (isDone(await store.providedAt(cid))) this.#done++
      else yield cid
    }
  }
}
