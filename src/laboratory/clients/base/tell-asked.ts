import type { PeerId } from '../../../ids.ts'
import type { ClientWant } from './desk.ts'

/** Tells whoever waits that a peer was asked. */
export function tellAsked(want: ClientWant, peer: PeerId): void {
  for (const waiter of want.waiters) waiter.asked?.(want.shared.key, peer)
}
