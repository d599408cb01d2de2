/**
 * Barter as the bitswap of Helia nodes: what works on Helia works as before, and there is a ledger of who gave what.
 * Run it: node examples/7-in-a-helia-node.ts
 */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { withLibp2pLight } from '@helia/libp2p'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { createHeliaLight } from 'helia'
import { exporter } from 'ipfs-unixfs-exporter'
import { importer } from 'ipfs-unixfs-importer'
import { withBitswap } from '../src/helia/index.ts'

async function startNode() {
  const helia = withLibp2pLight(createHeliaLight(), {
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() }
  })
  // The one line that is not Helia's: it says `import { withBitswap } from 'barter/helia'` in your program.
  return await withBitswap(helia).start()
}

const alice = await startNode()
const bob = await startNode()

// Alice adds a file to her Helia node.
const file = Buffer.alloc(3_000_000, 'a file in a Helia node, of many blocks; ')
for (let at = 0; at < file.length; at += 100_000) file.writeUInt32LE(at, at)
const added = await importer([{ content: file }], alice.blockstore).next()
if (added.done === true) throw new Error('nothing was added')
const { cid: root } = added.value

// Bob reads it in a session, from a peer that he names.
const session = bob.blockstore.createSession(root, { providers: [alice.libp2p.getMultiaddrs()] })
const entry = await exporter(root, session)
if (entry.type !== 'file') throw new Error('this is no file')
const chunks: Uint8Array[] = []
for await (const chunk of entry.content()) chunks.push(chunk)
const same = Buffer.concat(chunks).equals(file)
console.log(`bob read ${entry.size} bytes, ${same ? 'the same' : 'not the same'} as alice added`)

const { blocksReceived, dupBlocksReceived } = bob.bitswap.stat()
console.log(`bob received ${blocksReceived} blocks, ${dupBlocksReceived} of them twice`)
for (const { bytesReceived } of bob.bitswap.ledgers()) console.log(`bob's ledger: ${bytesReceived} bytes from alice`)

session.close()
await bob.stop()
await alice.stop()
