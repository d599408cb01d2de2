import type { CID } from 'multiformats/cid'
import { type BitswapOptionsInit, createBitswap, type Exchange } from '../../src/index.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { type Peer, type Secured, startNode, type Tally } from './peer.ts'

export interface BarterPeer extends Peer {
  readonly bitswap: Exchange
}

/** Barter with its defaults, unless told otherwise. */
export async function startBarter(secured: Secured, options: BitswapOptionsInit = {}): Promise<BarterPeer> {
  const node = await startNode(secured)
  const store = new MemoryBlockstore()
  const bitswap = createBitswap({ libp2p: node, blockstore: store, options })
  await bitswap.start()
  let providers: readonly string[] = []
  return {
    node,
    store,
    bitswap,
    use: (addresses) => {
      providers = addresses
    },
    getter: (inSession) => {
      if (!inSession) return (cid) => bitswap.get(cid, { providers })
      const session = bitswap.createSession({ providers })
      return (cid) => session.get(cid)
    },
    fetch: (cids) => fetchMany(bitswap, cids, providers)
  }
}

async function fetchMany(bitswap: Exchange, cids: readonly CID[], providers: readonly string[]): Promise<Tally> {
  let blocks = 0
  let bytes = 0
  for await (const block of bitswap.getMany(cids, { providers })) {
    blocks++
    bytes += block.bytes.byteLength
  }
  return { blocks, bytes }
}
