import { InvalidParametersError } from './errors.ts'
import { toPeerId } from './ids.ts'
import type { ProviderLike } from './exchange.ts'
import type { Provider } from './ports.ts'

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
  if (kind !== 'p2p' && kind !== 'ipfs') return { addresses: [text] }
  if (!PEER_ID.test(peer)) throw notAProvider(text)
  return { peer: toPeerId(peer), addresses: parts.length === 3 ? [] : [text] }
}

function notAProvider(text: string): InvalidParametersError {
  return new InvalidParametersError(
    `"${text}" is not a provider: expected a peer id (12D3Koo…) or a multiaddr (/ip4/…/tcp/…/p2p/…)`
  )
}
