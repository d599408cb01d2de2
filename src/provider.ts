import { InvalidParametersError } from './errors.ts'
import type { CID } from 'multiformats/cid'
import { toPeerId, type PeerIdLike } from './ids.ts'
import type { ProviderLike } from './exchange.ts'
import type { AbortOptions, Provider, ProviderFinder } from './ports.ts'

/** Where a peer may be found, as a user's finder says it: a peer id, addresses, or both; as text or libp2p objects. */
export interface FoundProvider {
  readonly peer?: PeerIdLike | undefined
  /** Multiaddrs. Without any, the libp2p node is asked where the peer is. */
  readonly addresses?: Iterable<string | { toString(): string }> | undefined
}

/** A user's way to find who provides a block. It ends its search when the signal aborts; an error ends this search only. */
export interface Finder {
  findProviders(cid: CID, options?: AbortOptions): AsyncIterable<FoundProvider>
}

/** Characters a peer id in text form can have: base58, base32 and base36 letters and digits. */
const PEER_ID = /^[A-Za-z0-9]{1,128}$/

/**
 * A hint of the caller as the core knows it: a multiaddr, with or without the peer id at its end, or a peer id alone.
 * Throws `InvalidParametersError` for anything else.
 */
export function toProvider(like: ProviderLike): Provider {
  const text = like.toString()
  if (!text.startsWith('/')) {
    if (!PEER_ID.test(text)) throw notAProvider(text)
    return { peer: toPeerId(text), addresses: [] }
  }
  const parts = text.replace(/\/+$/, '').split('/')
  // Only at the end: in front of a circuit stands the relay, not the provider.
  const [kind, peer] = parts.slice(-2)
  if (parts.length < 3 || peer === undefined) throw notAProvider(text)
  if (kind !== 'p2p' && kind !== 'ipfs') return { addresses: [text], isNamed: true }
  if (!PEER_ID.test(peer)) throw notAProvider(text)
  return { peer: toPeerId(peer), ...(parts.length === 3 ? { addresses: [] } : { addresses: [text], isNamed: true }) }
}

/** A user's finder as the core knows it. */
export function toFinder(finder: Finder): ProviderFinder {
  return {
    async *findProviders(cid, options) {
      for await (const { peer, addresses = [] } of finder.findProviders(cid, options)) {
        const found = { addresses: Array.from(addresses, String) }
        yield peer === undefined ? found : { peer: toPeerId(peer), ...found }
      }
    }
  }
}

function notAProvider(text: string): InvalidParametersError {
  return new InvalidParametersError(
    `"${text}" is not a provider: expected a peer id (12D3Koo…) or a multiaddr (/ip4/…/tcp/…/p2p/…)`
  )
}
