import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../ids.ts'
import type { Blockstore } from '../ports.ts'

/** Blocks in memory, as they are given: nothing is copied, so that all peers of a world can share their bytes. */
export class VirtualBlockstore implements Blockstore {
  /** Bounded: by the content of the world. */
  readonly #blocks = new Map<CidKey, Uint8Array>()

  get(cid: CID): Uint8Array | undefined {
    return this.#blocks.get(cidKey(cid))
  }

  size(cid: CID): number | undefined {
    return this.get(cid)?.byteLength
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#blocks.set(cidKey(cid), bytes)
  }

  /** Forgets everything: for runs that must not profit from the ones before. */
  clear(): void {
    this.#blocks.clear()
  }
}
