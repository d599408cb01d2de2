import type { CidKey, PeerId } from '../../../ids.ts'
import type { WantType } from '../../../message/message.ts'
import type { ClientWant } from './desk.ts'

interface Put {
  readonly want: ClientWant
  readonly type: WantType
  readonly priority: number
}

/** Wants for which a peer had no room, in the order they were to be told: partners keep about a thousand. */
export class Overflow {
  /** Bounded: connected peers, each with the open wants of the session. */
  readonly #waiting = new Map<PeerId, Map<CidKey, Put>>()

  typeOf(peer: PeerId, key: CidKey): WantType | undefined {
    return this.#waiting.get(peer)?.get(key)?.type
  }

  add(peer: PeerId, want: ClientWant, type: WantType, priority: number): void {
    const { key } = want.shared
    const waiting = this.#waiting.get(peer) ?? new Map<CidKey, Put>()
    this.#waiting.set(peer, waiting)
    if (waiting.get(key)?.type !== 'block') waiting.set(key, { want, type, priority })
  }

  delete(peer: PeerId, key: CidKey): void {
    this.#waiting.get(peer)?.delete(key)
  }

  /** The want is no longer open. */
  forget(key: CidKey): void {
    for (const waiting of this.#waiting.values()) waiting.delete(key)
  }

  left(peer: PeerId): void {
    this.#waiting.delete(peer)
  }

  /** Tells what there is room for now. */
  retry(tell: (peer: PeerId, put: Put) => boolean): void {
    for (const [peer, waiting] of this.#waiting) {
      for (const [key, put] of waiting) {
        if (!tell(peer, put)) break
        waiting.delete(key)
      }
      if (waiting.size === 0) this.#waiting.delete(peer)
    }
  }
}
