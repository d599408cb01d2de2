import { expect, it } from 'vitest'
import { createBitswap } from '../../src/index.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { startBareNode } from '../support/live-peer.ts'

it('a second bitswap on one node fails to start, and leaves the first its protocols', async () => {
  const node = await startBareNode()
  const first = createBitswap({ libp2p: node, blockstore: new MemoryBlockstore() })
  const second = createBitswap({ libp2p: node, blockstore: new MemoryBlockstore() })
  try {
    await first.start()
    const before = node.getProtocols()
    await expect(second.start()).rejects.toThrow()
    expect(node.getProtocols()).toEqual(before)
  } finally {
    await second.stop()
    await first.stop()
  }
})
