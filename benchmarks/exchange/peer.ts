/** One end of an exchange as the benchmark drives it, whoever wrote it. */
import type { Libp2p } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import type { CID } from 'multiformats/cid'
import { type Encryption, libp2pDefaults } from '../../src/node/libp2p-defaults.ts'
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

/** The same node for everybody: the settings of a Barter peer, with one encryption. */
export function startNode(encryption: Encryption): Promise<Libp2p> {
  const listen = ['/ip4/127.0.0.1/tcp/0']
  return createLibp2p(libp2pDefaults({ listen, encryption: [encryption], inboundConnectionsPerSecond: 1_000 }))
}
