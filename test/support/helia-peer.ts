/** Helia with its own bitswap: another implementation to trade with. No gateways, no routing, no internet. */
import { type BitswapOptions, withBitswap } from '@helia/bitswap'
import type { Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createHeliaLight } from 'helia'
import type { CID } from 'multiformats/cid'
import { onTestFinished } from 'vitest'
import { type PeerId, toPeerId } from '../../src/ids.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import type { SampleBlock } from '../../src/testing/sample-blocks.ts'
import { eventually } from './eventually.ts'
import { type LivePeer, startBareNode } from './live-peer.ts'

export interface HeliaPeer {
  readonly node: Libp2p
  readonly id: PeerId
  readonly addresses: readonly string[]
  /** Stores blocks behind Helia's back, before anybody wants them. */
  has(blocks: readonly SampleBlock[]): void
  /** As a user of Helia stores a block: it tells its partners of it first, and stores it then. */
  put(block: SampleBlock): Promise<void>
  /** As a user of Helia reads a block: from the store or the network. */
  get(cid: CID, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>
  /** Reads blocks in one of Helia's sessions, all of them at once, from the peer of these addresses. */
  getInSession(
    cids: readonly CID[],
    providers: readonly string[],
    options?: { readonly signal?: AbortSignal }
  ): Promise<Uint8Array[]>
}

/** Stopped at the end of the test. */
export async function startHelia(options: BitswapOptions = {}): Promise<HeliaPeer> {
  const node = await startBareNode()
  const store = new MemoryBlockstore()
  const helia = withBitswap(Object.assign(createHeliaLight({ blockstore: store }), { libp2p: node }), options)
  await helia.start()
  onTestFinished(async () => {
    await helia.stop()
  })
  return {
    node,
    id: toPeerId(node.peerId),
    addresses: node.getMultiaddrs().map((address) => address.toString()),
    has: (blocks) => {
      for (const { cid, bytes } of blocks) store.writeBlock(cid, bytes)
    },
    put: async ({ cid, bytes }) => {
      await helia.blockstore.put(cid, bytes)
    },
    get: async (cid, options = {}) => await whole(helia.blockstore.get(cid, options)),
    getInSession: async (cids, providers, options = {}) => {
      const [root] = cids
      if (root === undefined) return []
      const session = helia.blockstore.createSession(root, { providers: providers.map((text) => multiaddr(text)) })
      return await Promise.all(cids.map((cid) => whole(session.get(cid, options))))
    }
  }
}

/** Connects Helia to a peer of ours; resolves when both know that the other speaks bitswap. */
export async function meet(barter: LivePeer, helia: HeliaPeer): Promise<void> {
  await barter.node.dial(helia.node.getMultiaddrs())
  await eventually(() => barter.bitswap.stat().partners.includes(helia.id), 'Barter knows that Helia trades')
  for (;;) {
    const { protocols } = await helia.node.peerStore.get(barter.node.peerId)
    if (protocols.includes('/ipfs/bitswap/1.2.0')) return
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

async function whole(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}
