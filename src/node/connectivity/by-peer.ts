import { toPeerId } from '../../ids.ts'
import type { KeptPeer } from '../config/discovery-section.ts'

/** Addresses that end with `/p2p/<peer id>`, gathered by their peer. */
export function byPeer(addresses: readonly string[]): readonly KeptPeer[] {
  const gathered = new Map<string, string[]>()
  for (const address of addresses) {
    const peer = toPeerId(address.slice(address.lastIndexOf('/') + 1))
    gathered.set(peer, [...(gathered.get(peer) ?? []), address])
  }
  return [...gathered].map(([peer, own]) => ({ peer, addresses: own }))
}
