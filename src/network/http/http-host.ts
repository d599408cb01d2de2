import { createHash } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { toPeerId, type PeerId } from '../../ids.ts'
import { CoolDown } from './cool-down.ts'
import type { HttpPeer } from './http-peer.ts'
import type { HttpEndpoint } from './http-endpoint.ts'
import type { Timer } from '../../ports.ts'

/** What is known of one origin, connected or not. */
export interface HttpHost {
  readonly id: PeerId
  readonly endpoint: HttpEndpoint
  readonly mayBePrivate: boolean
  readonly coolDown: CoolDown
  /** While it is connected. */
  peer: HttpPeer | undefined
  /** While it is being found out whether it is a gateway. */
  probing: Promise<PeerId> | undefined
  /** While it is left alone, if it is to be asked again afterwards. */
  returning: Timer | undefined
}

const SHA2_256 = [0x12, 0x20]

/**
 * The id under which an origin is known: a hash of it, in the form of peer ids. It is not the id of a peer that names this
 * origin as its own: many may share one, and what each did by bitswap and by HTTP is counted apart.
 */
export function hostId(origin: string): PeerId {
  const digest = createHash('sha256').update(`http gateway ${origin}`).digest()
  return toPeerId(base58btc.baseEncode(Uint8Array.from([...SHA2_256, ...digest])))
}

export function newHost(endpoint: HttpEndpoint, mayBePrivate: boolean): HttpHost {
  return {
    id: hostId(endpoint.origin),
    endpoint,
    mayBePrivate,
    coolDown: new CoolDown(),
    peer: undefined,
    probing: undefined,
    returning: undefined
  }
}
