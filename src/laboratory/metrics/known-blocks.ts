import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../../ids.ts'
import type { VirtualFile } from '../../simulation/virtual-content.ts'

/** Every block of a world by number, so that what is kept of them is small. */
export class KnownBlocks {
  /** Bounded: by the content of the world. */
  readonly #numbers = new Map<CidKey, number>()
  /** Bounded: as `#numbers`. The file of each. */
  readonly #files: number[] = []
  /** Bounded: as `#numbers`. */
  readonly #cids: CID[] = []

  constructor(files: readonly VirtualFile[]) {
    for (const [file, { blocks }] of files.entries()) {
      for (const { cid } of blocks) {
        const key = cidKey(cid)
        if (this.#numbers.has(key)) continue
        this.#numbers.set(key, this.#numbers.size)
        this.#files.push(file)
        this.#cids.push(cid)
      }
    }
  }

  get count(): number {
    return this.#files.length
  }

  /** From 0; undefined for what is no block of this world. */
  numberOf(key: CidKey): number | undefined {
    return this.#numbers.get(key)
  }

  cidOf(block: number): CID | undefined {
    return this.#cids[block]
  }

  fileOf(block: number): number {
    return this.#files[block] ?? -1
  }
}
