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
  const parts = text.split('/')
  const at = Math.max(parts.lastIndexOf('p2p'), parts.lastIndexOf('ipfs'))
  const peer = at > 0 ? parts[at + 1] : undefined
  if (peer === undefined) return { addresses: [text] }
  if (!PEER_ID.test(peer)) throw notAProvider(text)
  return { peer: toPeerId(peer), addresses: at === 1 ? [] : [text] }
}

function notAProvider(text: string): InvalidParametersError {
  return new InvalidParametersError(
    `"${text}" is not a provider: expected a peer id (12D3Koo…) or a multiaddr (/ip4/…/tcp/…/p2p/…)`
  )
}
