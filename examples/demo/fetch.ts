/** The second process of the demo: a peer that fetches a folder and tells of it. */
import { extractTree } from '../../src/cli/extract.ts'
import { ProgressBar } from '../../src/cli/progress-bar.ts'
import { weighBuffersWithHeap } from '../../src/node/buffer-accounting.ts'
import { createPeer } from '../../src/node/peer.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import type { Fetched } from './demo.ts'

weighBuffersWithHeap()

const [repo = '', cid = '', address = '', target = ''] = process.argv.slice(2)

await initRepo(repo, { profile: 'test' })
const bob = await createPeer({ repo, listen: [] })
const started = performance.now()
const tree = await bob.service.get(cid, { from: [address] })
const bar = new ProgressBar(tree.size)
await extractTree(tree.entries, target, { onBytes: (bytes) => bar.advance(bytes), warn: console.error })
bar.end()
const milliseconds = performance.now() - started

const [ledger] = bob.bitswap.ledgers()
if (ledger === undefined) throw new Error('nothing was exchanged')
const fetched: Fetched = { peer: bob.libp2p.peerId.toString(), milliseconds, ledger }
await bob.stop()
process.send?.(fetched, () => process.exit(0))
