/**
 * A strategy says how upload is divided when more partners wait than can be served. This one serves friends first.
 * Run it: node examples/3-your-own-strategy.ts
 */
import { randomBytes } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { byWeight } from '../src/index.ts'
import { createPeer } from '../src/node/peer.ts'

const friends = new Set<string>()

/** Ten bytes for a friend, for each byte for somebody else. With nobody else waiting, everybody gets all there is. */
const friendsFirst = byWeight({
  name: 'friends-first',
  about: 'ten bytes for a friend, for each byte for somebody else',
  source: 'this example',
  weigh: ({ peer }) => (friends.has(peer) ? 10 : 1)
})

// One message at a time, so that upload is scarce enough for the strategy to be asked.
await using alice = await createPeer({ strategy: friendsFirst, options: { engine: { uploadSlots: 1 } } })
await using friend = await createPeer()
await using stranger = await createPeer()
friends.add(friend.libp2p.peerId.toString())

const cids: CID[] = []
for (let i = 0; i < 256; i++) {
  const bytes = randomBytes(128 * 1024)
  const cid = CID.createV1(raw.code, await sha256.digest(bytes))
  await alice.bitswap.put(cid, bytes)
  cids.push(cid)
}

const providers = alice.libp2p.getMultiaddrs()
const finished: string[] = []
async function fetchAll(name: string, peer: typeof friend): Promise<void> {
  let bytes = 0
  for await (const block of peer.bitswap.getMany(cids, { providers })) bytes += block.bytes.byteLength
  finished.push(`${name} with ${bytes} bytes`)
}
await Promise.all([fetchAll('the stranger', stranger), fetchAll('the friend', friend)])
console.log(`finished first: ${finished.join(', then ')}`)
