/**
 * Two peers trade one block over loopback, and agree on what was traded.
 * Run it: node examples/1-trade-a-block.ts
 */
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { createPeer } from '../src/node/peer.ts'

await using alice = await createPeer()
await using bob = await createPeer()

// Alice stores a block. Its CID says how to check its bytes.
const bytes = new TextEncoder().encode('one block of content')
const cid = CID.createV1(raw.code, await sha256.digest(bytes))
await alice.bitswap.put(cid, bytes)

// Bob asks for it, and names Alice as somebody who may have it. What he gets is stored and verified.
const providers = alice.libp2p.getMultiaddrs()
const received = await bob.bitswap.get(cid, { providers, signal: AbortSignal.timeout(10_000) })
console.log(`bob got: ${new TextDecoder().decode(received)}`)

// Both keep a ledger of the other.
const hers = alice.bitswap.ledger(bob.libp2p.peerId)
const his = bob.bitswap.ledger(alice.libp2p.peerId)
console.log(`alice sent ${hers?.bytesSent} bytes, bob received ${his?.bytesReceived}`)
