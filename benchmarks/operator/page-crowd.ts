/**
 * Three hundred peers in one process, for the daemon whose page is measured. A few have blocks, and trade; the others are
 * connected, speak bitswap, and say nothing: what they cost the daemon is little, and it is not what is measured.
 * Use: fork it with the number of peers, of those that trade, and of blocks that each of them has.
 */
import { createLibp2p, type Libp2p } from 'libp2p'
import { createBitswap } from '../../src/index.ts'
import { libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { BLOCK_BYTES } from './page-worlds.ts'

const [peers = 0, traders = 0, blocks = 0] = process.argv.slice(2).map(Number)

async function startOne(index: number): Promise<string> {
  const node = await createLibp2p({
    ...libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] }),
    nodeInfo: { userAgent: `crowd/0.${index % 7}.${index}` }
  })
  if (index < traders) await trade(node)
  else await listen(node)
  return node.getMultiaddrs()[0]?.toString() ?? ''
}

async function trade(node: Libp2p): Promise<void> {
  const blockstore = new MemoryBlockstore()
  for (let number = 0; number < blocks; number += 1) {
    const { cid, bytes } = numberedBlock(number, BLOCK_BYTES)
    await blockstore.put(cid, bytes)
  }
  await createBitswap({ libp2p: node, blockstore }).start()
}

async function listen(node: Libp2p): Promise<void> {
  await node.handle('/ipfs/bitswap/1.2.0', async (stream) => {
    const chunks = stream[Symbol.asyncIterator]()
    while ((await chunks.next()).done !== true);
  })
}

const addresses: string[] = []
for (let index = 0; index < peers; index += 1) addresses.push(await startOne(index))
process.send?.({ addresses })
process.on('disconnect', () => process.exit(0))
