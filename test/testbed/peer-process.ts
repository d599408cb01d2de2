/** A peer of the testbed: a whole Barter peer with the daemon's defaults, that does what it is told line by line. */
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { CID } from 'multiformats/cid'
import { createPeer, type Peer } from '../../src/node/peer.ts'
import { weighBuffersWithHeap } from '../../src/node/buffer-accounting.ts'
import { fetchBlocks } from './fetch-blocks.ts'
import { KeptConnections } from './keep-connected.ts'
import type { AnswerLine, CallLine, Calls, PeerState } from './peer-calls.ts'
import { blockOf } from './round-block.ts'

type Handlers = { readonly [C in keyof Calls]: (input: Calls[C][0]) => Promise<Calls[C][1]> }

let running: { readonly peer: Peer; readonly kept: KeptConnections } | undefined

function started(): { readonly peer: Peer; readonly kept: KeptConnections } {
  if (running === undefined) throw new Error('the peer has not been started')
  return running
}

const handlers: Handlers = {
  async start({ listen, seed }) {
    const privateKey = await generateKeyPairFromSeed('Ed25519', createHash('sha256').update(seed).digest())
    // All hosts of the fallback have one address: what protects a peer from one that dials too often would hit them all.
    const peer = await createPeer({ listen: [listen], privateKey, libp2p: { inboundConnectionsPerSecond: 1_000 } })
    running = { peer, kept: new KeptConnections(peer.libp2p) }
    const [address] = peer.libp2p.getMultiaddrs()
    if (address === undefined) throw new Error(`not listening on ${listen}`)
    return { id: peer.libp2p.peerId.toString(), address: address.toString() }
  },
  async hold({ blocks }) {
    for (const name of blocks) {
      const { cid, bytes } = blockOf(name)
      await started().peer.bitswap.put(cid, bytes)
    }
    return null
  },
  async drop({ blocks }) {
    for (const name of blocks) await started().peer.blockstore.delete(blockOf(name).cid)
    return null
  },
  keep({ neighbours }) {
    for (const { address } of neighbours) started().kept.keep(address)
    return Promise.resolve(null)
  },
  fetch: (job) => fetchBlocks(started().peer.bitswap, job),
  state: () => Promise.resolve(stateOf(started().peer, started().kept))
}

function stateOf({ bitswap, libp2p }: Peer, kept: KeptConnections): PeerState {
  const stat = bitswap.stat()
  return {
    wants: bitswap.wantlist().map(({ cid }) => nameOf(cid)),
    partners: stat.partners,
    wantsOf: Object.fromEntries(
      stat.partners.map((peer) => [peer, bitswap.wantlistOf(peer).map(({ cid }) => nameOf(cid))])
    ),
    ledgers: bitswap.ledgers().map(({ peer, bytesSent, bytesReceived }) => {
      return { peer, sent: bytesSent, received: bytesReceived }
    }),
    connections: libp2p.getConnections().length,
    blocksReceived: stat.blocksReceived,
    duplicates: stat.dupBlocksReceived,
    redials: kept.redials
  }
}

function nameOf(cid: CID): string {
  return Buffer.from(cid.multihash.digest).toString('hex')
}

async function answer({ id, call, input }: CallLine): Promise<AnswerLine> {
  try {
    return { id, value: await handlers[call](input as never) }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

weighBuffersWithHeap()
const calls = createInterface(process.stdin)
calls.on('line', (line) => {
  void answer(JSON.parse(line) as CallLine).then((reply) => process.stdout.write(`${JSON.stringify(reply)}\n`))
})
// Whoever started this process closes the pipe, or dies and the system does.
calls.once('close', () => {
  running?.kept.stop()
  // Leaves properly, but not for ever: a link may be cut.
  setTimeout(() => process.exit(0), 2_000).unref()
  void (running?.peer.stop() ?? Promise.resolve()).then(() => process.exit(0))
})
