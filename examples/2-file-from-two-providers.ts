/**
 * A file of 16 MiB is cut into blocks, stored by two peers, and fetched by a third from both of them at once.
 * Run it: node examples/2-file-from-two-providers.ts
 */
import { randomBytes } from 'node:crypto'
import { exporter } from 'ipfs-unixfs-exporter'
import { importBytes } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { createPeer } from '../src/node/peer.ts'

await using alice = await createPeer()
await using bob = await createPeer()
await using carol = await createPeer()

// The same file gives the same blocks, whoever cuts it.
const file = randomBytes(16 * 1024 * 1024)
const { cid } = await importBytes(file, alice.blockstore)
await importBytes(file, bob.blockstore)

// A session keeps to the peers that serve it. Every block asked of it comes from whoever will be done first.
const providers = [...alice.libp2p.getMultiaddrs(), ...bob.libp2p.getMultiaddrs()]
using session = carol.bitswap.createSession({ providers, signal: AbortSignal.timeout(60_000) })
const source = {
  async *get(block: CID) {
    yield await session.get(block)
  }
}

const started = performance.now()
let size = 0
const entry = await exporter(cid, source)
if (entry.type !== 'file') throw new Error(`expected a file, but ${cid.toString()} is a ${entry.type}`)
for await (const chunk of entry.content()) size += chunk.byteLength
const seconds = (performance.now() - started) / 1_000

console.log(`carol read ${size} of ${file.byteLength} bytes, ${(size / seconds / 1_048_576).toFixed(0)} MiB/s`)
for (const { peer, bytesReceived } of carol.bitswap.ledgers()) console.log(`  ${bytesReceived} bytes from ${peer}`)
