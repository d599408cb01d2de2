import { base58btc } from 'multiformats/bases/base58'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { LIBP2P_KEY_CODE, toPeerId, type PeerId } from '../../ids.ts'
import type { Provider } from '../../ports.ts'

export const BITSWAP = 'transport-bitswap'
export const GATEWAY = 'transport-ipfs-gateway-http'
/** Names of transports read of one record. */
const MAX_PROTOCOLS = 32

/**
 * The provider of a record of `/routing/v1` (schemas `peer` and the older `bitswap`), or undefined: it cannot be read, or
 * the peer offers the block by other means than `protocols` alone.
 */
export function toProvider(record: unknown, protocols: readonly string[] = [BITSWAP]): Provider | undefined {
  if (typeof record !== 'object' || record === null) return undefined
  const { ID, Addrs, Protocols, Protocol } = record as Readonly<Record<string, unknown>>
  if (typeof ID !== 'string') return undefined
  const peer = readPeerId(ID)
  if (
    peer === undefined ||
    !mayTrade([...list(Protocols).slice(0, MAX_PROTOCOLS), ...(Protocol === undefined ? [] : [Protocol])], protocols)
  ) {
    return undefined
  }
  return { peer, addresses: list(Addrs).filter((address) => typeof address === 'string') }
}

/** A peer's id as a CID, the form it takes in a path. Undefined for what is no peer id. */
export function peerCid(peer: PeerId): string | undefined {
  try {
    return CID.createV1(LIBP2P_KEY_CODE, Digest.decode(base58btc.baseDecode(peer))).toString(base36)
  } catch {
    return undefined
  }
}

/** A record that names no transports may mean any. */
function mayTrade(named: readonly unknown[], protocols: readonly string[]): boolean {
  return named.length === 0 || protocols.some((protocol) => named.includes(protocol))
}

/** Peer ids come as multihashes in base58, and sometimes as CIDs. */
function readPeerId(text: string): PeerId | undefined {
  const peer = toPeerId(text)
  if (text.length > 128 || !/^(1|Qm)/u.test(peer)) return undefined
  try {
    Digest.decode(base58btc.baseDecode(peer))
    return peer
  } catch {
    return undefined
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
