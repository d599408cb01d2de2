import type { PeerId as Libp2pPeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { InvalidParametersError } from '../../errors.ts'
import type { PeerId } from '../../ids.ts'
import type { Provider } from '../../ports.ts'

/** Addresses dialled for one provider. Routing answers are untrusted: some hold hundreds. */
export const MAX_PROVIDER_ADDRESSES = 16

/** A provider in libp2p's own types: whom to dial, and where. */
export interface DialTarget {
  /** Known before dialling, unless an address without a peer id is all there is. */
  readonly peer: Libp2pPeerId | undefined
  /** Bounded: `MAX_PROVIDER_ADDRESSES`. Each ends with the peer's id when that is known. */
  readonly addresses: readonly Multiaddr[]
}

/** Reads a peer id; throws `InvalidParametersError` that quotes it. */
export function parsePeerId(peer: PeerId | string): Libp2pPeerId {
  try {
    return peerIdFromString(peer)
  } catch (cause) {
    throw new InvalidParametersError(`not a peer id: ${shorten(peer)}`, { cause })
  }
}

/**
 * Reads a provider. Throws `InvalidParametersError` for text that is no address, an address of another peer than the one
 * named, or a provider with neither id nor address.
 */
export function parseProvider(provider: Provider): DialTarget {
  const addresses = provider.addresses.slice(0, MAX_PROVIDER_ADDRESSES).map(parseAddress)
  const named = provider.peer === undefined ? [] : [provider.peer as string]
  const ids = new Set([...named.map((id) => parsePeerId(id).toString()), ...addresses.flatMap(idsOf)])
  if (ids.size > 1) {
    throw new InvalidParametersError(`a provider is one peer, but these were given: ${[...ids].join(', ')}`)
  }
  const [id] = ids
  if (id === undefined && addresses.length === 0) {
    throw new InvalidParametersError('a provider needs a peer id, an address, or both')
  }
  if (id === undefined) return { peer: undefined, addresses }
  const full = addresses.map((address) => (idsOf(address).length > 0 ? address : address.encapsulate(`/p2p/${id}`)))
  return { peer: parsePeerId(id), addresses: full }
}

function parseAddress(text: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch (cause) {
    throw new InvalidParametersError(`not a multiaddr: ${shorten(text)}`, { cause })
  }
}

/** The id of the peer at the end of an address; a relay's id before it is not the peer's. */
function idsOf(address: Multiaddr): string[] {
  const components = address.getComponents()
  const last = components.findLast(({ name }) => name === 'p2p' || name === 'p2p-circuit')
  return last?.name === 'p2p' && last.value !== undefined ? [parsePeerId(last.value).toString()] : []
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
