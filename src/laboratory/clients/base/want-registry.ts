import { dropOldest } from '../../../drop-oldest.ts'

import type { CidKey, PeerId } from '../../../ids.ts'
import type { Message } from '../../../message/message.ts'

/** Blocks of which it is remembered who wanted them. */
const MAX_BLOCKS = 65_536

/** Who wanted which block of late: a peer that wanted it most likely has it by now. */
export class WantRegistry {
  /** Newest wanter last. Bounded: MAX_BLOCKS, the block wanted longest ago first out; each with `entries` peers. */
  readonly #wanters = new Map<CidKey, PeerId[]>()
  readonly #entries: number

  constructor(entries: number) {
    this.#entries = entries
  }

  received(peer: PeerId, message: Message): void {
    for (const { key } of message.wants) {
      const others = (this.#wanters.get(key) ?? []).filter((other) => other !== peer)
      // Set anew, to stand last.
      this.#wanters.delete(key)
      this.#wanters.set(key, [...others, peer].slice(-this.#entries))
      dropOldest(this.#wanters, MAX_BLOCKS)
    }
  }

  /** The last `count` peers that wanted the block, newest first. */
  wanters(key: CidKey, count: number): readonly PeerId[] {
    return (this.#wanters.get(key) ?? []).slice(-count).reverse()
  }
}
