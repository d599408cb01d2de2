import { withBitswap } from '@helia/bitswap'
import { multiaddr } from '@multiformats/multiaddr'
import { createHeliaLight } from 'helia'
import type { CID } from 'multiformats/cid'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { type Peer, type Secured, startHeliaNode, startNode, type Tally } from './peer.ts'

/**
 * Helia with bitswap and nothing else: no gateways, no routing, the same store as Barter, and the same libp2p node unless
 * each is to be measured as it comes.
 */
export async function startHelia(secured: Secured): Promise<Peer> {
  const node = await (secured === 'own' ? startHeliaNode() : startNode(secured))
  const store = new MemoryBlockstore()
  const helia = withBitswap(Object.assign(createHeliaLight({ blockstore: store }), { libp2p: node }))
  await helia.start()
  let providers: readonly string[] = []
  const get = (cid: CID): Promise<Uint8Array> => only(helia.blockstore.get(cid))
  return {
    node,
    store,
    use: (addresses) => {
      providers = addresses
    },
    getter: (inSession) => {
      if (!inSession) return get
      let session: ReturnType<typeof helia.blockstore.createSession> | undefined
      return (cid) => {
        session ??= helia.blockstore.createSession(cid, { providers: providers.map((text) => multiaddr(text)) })
        return only(session.get(cid))
      }
    },
    fetch: (cids, concurrency) => fetchAll(get, cids, concurrency)
  }
}

/** Helia takes one CID a call and asks for those at hand together; so many calls at a time. */
async function fetchAll(
  get: (cid: CID) => Promise<Uint8Array>,
  cids: readonly CID[],
  concurrency: number
): Promise<Tally> {
  let next = 0
  let blocks = 0
  let bytes = 0
  const work = async (): Promise<void> => {
    for (let cid = cids[next++]; cid !== undefined; cid = cids[next++]) {
      const block = await get(cid)
      bytes += block.byteLength
      blocks++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return { blocks, bytes }
}

async function only(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of chunks) return chunk
  throw new Error('a block without bytes')
}
