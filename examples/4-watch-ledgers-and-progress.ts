/**
 * What a program can watch: the progress of a request, what is wanted, the counters, and the ledgers.
 * Run it: node examples/4-watch-ledgers-and-progress.ts
 */
import { randomBytes } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { createPeer } from '../src/node/peer.ts'

await using alice = await createPeer()
await using bob = await createPeer()

const cids: CID[] = []
for (let i = 0; i < 100; i++) {
  const bytes = randomBytes(32 * 1024)
  const cid = CID.createV1(raw.code, await sha256.digest(bytes))
  await alice.bitswap.put(cid, bytes)
  cids.push(cid)
}

// Progress comes as events; many share their names with those of other IPFS programs.
const events = new Map<string, number>()
const onProgress = ({ type }: { readonly type: string }): void => void events.set(type, (events.get(type) ?? 0) + 1)

let blocks = 0
let mostWanted = 0
for await (const { from } of bob.bitswap.getMany(cids, { providers: alice.libp2p.getMultiaddrs(), onProgress })) {
  if (from !== undefined) blocks += 1
  mostWanted = Math.max(mostWanted, bob.bitswap.wantlist().length)
}

console.log(`${blocks} blocks came over the network, at most ${mostWanted} were wanted at a time`)
for (const [type, count] of events) console.log(`  ${type}: ${count}`)

const { blocksReceived, dupBlocksReceived, messagesReceived } = bob.bitswap.stat()
console.log(`bob received ${blocksReceived} blocks, ${dupBlocksReceived} twice, in ${messagesReceived} messages`)
for (const { bytesSent, debtRatio } of alice.bitswap.ledgers()) {
  console.log(`alice sent ${bytesSent} bytes; the debt ratio is ${debtRatio.toFixed(0)}`)
}
