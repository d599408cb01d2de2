/**
 * Bitswap as a service of a libp2p node that an application sets up for itself, with its own transports and stores.
 * Run it: node examples/5-service-of-an-application.ts
 */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { MemoryBlockstore } from 'blockstore-core'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { bitswap } from '../src/index.ts'

function createNode() {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), bitswap: bitswap({ blockstore: new MemoryBlockstore() }) }
  })
}

// The service starts and stops with its node.
const shop = await createNode()
const customer = await createNode()

const bytes = new TextEncoder().encode('sold over the counter')
const cid = CID.createV1(raw.code, await sha256.digest(bytes))

// Asked for before it is there: the want stands at the shop, and the block leaves as soon as it is stored.
await customer.dial(shop.getMultiaddrs())
const wanted = customer.services.bitswap.get(cid, { signal: AbortSignal.timeout(10_000) })
await shop.services.bitswap.put(cid, bytes)
console.log(`the customer got: ${new TextDecoder().decode(await wanted)}`)

await customer.stop()
await shop.stop()
