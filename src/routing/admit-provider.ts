import type { PeerId } from '../ids.ts'
import type { Provider } from '../ports.ts'

/** Addresses kept of one provider; an honest peer has a handful, and each may be dialled. */
export const MAX_ADDRESSES = 16
/** Characters of an address: the longest in use carry two certificate hashes. */
export const MAX_ADDRESS_LENGTH = 512
/** Addresses looked at to find those kept. */
const MAX_ADDRESSES_READ = 128

/** A peer id in its text form: letters and digits of base58, base32 or base36. */
const PEER_ID = /^[A-Za-z0-9]{8,128}$/
/** A multiaddr as far as it matters here: one word that starts with a protocol. Whoever dials reads it in full. */
const ADDRESS = /^\/[a-z0-9][\x21-\x7e]*$/

/**
 * What is passed on of a router's answer, or undefined when nothing is of use. A peer without an address is: the network
 * may know where it is. Addresses of a peer that is named do not name it again.
 */
export function admitProvider({ peer, addresses, isNamed }: Provider): Provider | undefined {
  if (peer !== undefined && !isPeerId(peer)) return undefined
  const kept: string[] = []
  for (const address of addresses.slice(0, MAX_ADDRESSES_READ)) {
    if (kept.length >= MAX_ADDRESSES) break
    if (!isAddress(address)) continue
    const bare = peer !== undefined && address.endsWith(`/p2p/${peer}`) ? address.slice(0, -peer.length - 5) : address
    if (bare !== '' && !kept.includes(bare)) kept.push(bare)
  }
  const named = isNamed === true && kept.length > 0 ? { isNamed } : {}
  if (peer !== undefined) return { peer, addresses: kept, ...named }
  return kept.length === 0 ? undefined : { addresses: kept, ...named }
}

function isPeerId(peer: PeerId): boolean {
  return typeof peer === 'string' && PEER_ID.test(peer)
}

function isAddress(address: unknown): address is string {
  return typeof address === 'string' && address.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(address)
}
