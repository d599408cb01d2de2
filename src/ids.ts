import type { CID } from 'multiformats/cid'

declare const peerIdBrand: unique symbol
declare const cidKeyBrand: unique symbol

/** A peer's name in its usual text form (`12D3Koo…`, `Qm…`). The core compares it and prints it, nothing else. */
export type PeerId = string & { readonly [peerIdBrand]: true }

/** Anything whose text is a peer id: a string, or the peer id object of a libp2p application. */
export type PeerIdLike = string | { toString(): string }

/** What a want is keyed by: the multihash. Two CIDs of one multihash (v0 and v1, other codec) are one block. */
export type CidKey = string & { readonly [cidKeyBrand]: true }

export function toPeerId(peer: PeerIdLike): PeerId {
  return peer.toString() as PeerId
}

/** The one decision on what a want is keyed by: the bytes of the multihash, one character a byte. */
export function cidKey(cid: CID): CidKey {
  return multihashKey(cid.multihash.bytes)
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
