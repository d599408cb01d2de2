import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'

declare const peerIdBrand: unique symbol
declare const cidKeyBrand: unique symbol

/** A peer's name in its usual text form (`12D3Koo…`, `Qm…`). The core compares it and prints it, nothing else. */
export type PeerId = string & { readonly [peerIdBrand]: true }

/** Anything whose text is a peer id: a string, or the peer id object of a libp2p application. */
export type PeerIdLike = string | { toString(): string }

/** What a want is keyed by: the multihash. Two CIDs of one multihash (v0 and v1, other codec) are one block. */
export type CidKey = string & { readonly [cidKeyBrand]: true }

/** The codec of a CID that names a peer. */
export const LIBP2P_KEY_CODE = 0x72
/** What may be a CID in a form in which peers are named: base32, base36 or base58. No usual form of an id begins so. */
const PEER_CID = /^[bkz][0-9A-Za-z]{40,127}$/

/** The one form of an id in which the core compares, for each in which users write it: `bafz…` and `k51…` are CIDs of it. */
export function toPeerId(peer: PeerIdLike): PeerId {
  const text = peer.toString()
  return (PEER_CID.test(text) ? (idOfCid(text) ?? text) : text) as PeerId
}

/** Undefined for text that is no CID, or one of something else than a peer. */
function idOfCid(text: string): string | undefined {
  try {
    const { code, multihash } = text.startsWith('k') ? CID.parse(text, base36) : CID.parse(text)
    return code === LIBP2P_KEY_CODE ? base58btc.baseEncode(multihash.bytes) : undefined
  } catch {
    return undefined
  }
}

/** The CID last asked for its key: on the way from a request to the store it is the same one several times in a row. */
let lastCid: CID | undefined
let lastKey = '' as CidKey

/** The one decision on what a want is keyed by: the bytes of the multihash, one character a byte. */
export function cidKey(cid: CID): CidKey {
  if (cid !== lastCid) rememberKey(cid, multihashKey(cid.multihash.bytes))
  return lastKey
}

/**
 * Whoever has both at hand, and calls somebody who will ask for the key of this very CID, spares it being made. That is
 * more than the making: to look up a string never seen before, V8 first searches all strings for one like it.
 */
export function rememberKey(cid: CID, key: CidKey): void {
  lastCid = cid
  lastKey = key
}

export function multihashKey(multihash: Uint8Array): CidKey {
  return Buffer.from(multihash.buffer, multihash.byteOffset, multihash.byteLength).toString('latin1') as CidKey
}

/** The key of the multihash that lies at `start` to `end` of a message; saves a view for each of thousands. */
export function multihashKeyAt(bytes: Buffer, start: number, end: number): CidKey {
  return bytes.toString('latin1', start, end) as CidKey
}

/** The key of a digest, given as text of one character a byte, and cut to `length` bytes: what `cidKey` makes of its CID. */
export function digestKey(code: number, digest: string, length: number): CidKey {
  const cut = digest.length === length ? digest : digest.slice(0, length)
  return (varintText(code) + varintText(length) + cut) as CidKey
}

function varintText(value: number): string {
  let text = ''
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) text += String.fromCharCode((rest % 128) | 0x80)
  return text + String.fromCharCode(rest)
}
