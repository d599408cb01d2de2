/** One end of an exchange as the benchmark drives it, whoever wrote it. */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { createLibp2p } from 'libp2p'
import type { CID } from 'multiformats/cid'
import { type Encryption, libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'

export interface Tally {
  readonly blocks: number
  readonly bytes: number
}

export interface Peer {
  readonly node: Libp2p
  readonly store: MemoryBlockstore
  /** Fetches all of them in one request; ends when all came. */
  fetch(cids: readonly CID[], concurrency: number): Promise<Tally>
  /** A way to fetch one block a call: from the peers connected to, in one session or without. */
  getter(inSession: boolean): (cid: CID) => Promise<Uint8Array>
  /** Peers to ask, by address; connected to already. */
  use(addresses: readonly string[]): void
}

/** What secures the connections of a measurement: one encryption for all, or whatever each prefers as it comes. */
export type Secured = Encryption | 'own'

/** The same node for everybody: the settings of a Barter peer, with one encryption or its own order of them. */
export function startNode(secured: Secured): Promise<Libp2p> {
  const listen = ['/ip4/127.0.0.1/tcp/0']
  const encryption = secured === 'own' ? {} : { encryption: [secured] }
  return createLibp2p(libp2pDefaults({ listen, ...encryption, inboundConnectionsPerSecond: 1_000 }))
}

/** A node with the settings that Helia's own defaults have: noise before TLS, the stream muxer as it comes. */
export function startHeliaNode(): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise(), tls()],
    streamMuxers: [yamux()],
    services: { identify: identify(), ping: ping() },
    connectionManager: { inboundConnectionThreshold: 1_000 }
  })
}
