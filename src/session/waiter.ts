import type { CidKey, PeerId } from '../ids.ts'

/** Whoever waits for a block inside a session: one request of the user. */
export interface Waiter {
  /** The block is here and stored; `from` is undefined when it was here before. */
  arrived(key: CidKey, bytes: Uint8Array, from: PeerId | undefined): void
  /** A peer was asked for the block, or one more was. */
  asked?(key: CidKey, peer: PeerId): void
  failed(key: CidKey, error: unknown): void
}
