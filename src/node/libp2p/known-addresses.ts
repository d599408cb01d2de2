import type { Libp2p, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { AbortOptions } from '../../ports.ts'

/** Where a peer can be reached, as multiaddrs that do not name it; empty for one that is not known. */
export type KnownAddresses = (peer: PeerId, options?: AbortOptions) => Promise<readonly string[]>

/**
 * What this peer knows of where another is, without asking anybody: the addresses that it told of itself or was found at,
 * and those it was dialled at. Where it came in from is none: nobody may listen there.
 */
export async function knownAddresses(
  libp2p: Pick<Libp2p, 'peerStore' | 'getConnections'>,
  peer: PeerId,
  { signal }: AbortOptions = {}
): Promise<readonly string[]> {
  const dialled = libp2p.getConnections(peer).filter(({ direction }) => direction === 'outbound')
  const all = [...(await stored(libp2p, peer, signal)), ...dialled.map(({ remoteAddr }) => remoteAddr)]
  const suffix = `/p2p/${peer.toString()}`
  return [...new Set(all.map((address) => address.toString().replace(suffix, '')))]
}

async function stored(
  { peerStore }: Pick<Libp2p, 'peerStore'>,
  peer: PeerId,
  signal: AbortSignal | undefined
): Promise<readonly Multiaddr[]> {
  try {
    return (await peerStore.getInfo(peer, { ...(signal && { signal }) })).multiaddrs
  } catch (error) {
    // A peer that it never met.
    if (error instanceof Error && error.name === 'NotFoundError') return []
    throw error
  }
}
