import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../ids.ts'
import type { Blockstore } from '../ports.ts'

/** Blocks of one peer of a virtual world. Nobody changes the bytes of a block, so that all peers share them. */
export class SharedStore implements Blockstore {
  /** Bounded: by the content of the world. */
  readonly #blocks = new Map<CidKey, Uint8Array>()

  get blocks(): number {
    return this.#blocks.size
  }

  get(cid: CID): Uint8Array | undefined {
    return this.#blocks.get(cidKey(cid))
  }

  size(cid: CID): number | undefined {
    return this.#blocks.get(cidKey(cid))?.byteLength
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.#blocks.set(cidKey(cid), bytes)
  }
}
