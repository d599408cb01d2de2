/** The peer that is attacked, in a process of its own, with the settings of the daemon. */
import { createLibp2p, type Libp2p } from 'libp2p'
import type { Exchange } from '../../../src/exchange.ts'
import type { JsonObject } from '../../../src/node/config/json.ts'
import { createPeer } from '../../../src/node/peer.ts'
import { createBitswap } from '../../../src/node/create-bitswap.ts'
import { weighBuffersWithHeap } from '../../../src/node/buffer-accounting.ts'
import { libp2pDefaults, type Libp2pDefaultsOptions } from '../../../src/node/libp2p/libp2p-defaults.ts'
import type { Libp2pNetworkOptions } from '../../../src/network/libp2p/network-options.ts'
import type { BitswapOptionsInit } from '../../../src/options.ts'
import { MemoryBlockstore } from '../../../src/storage/memory-blockstore.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { answerCalls, givenArgument } from './child.ts'
import { EndlessBlockstore } from './endless-blockstore.ts'
import { SAMPLE_BLOCKS, SAMPLE_BYTES } from './samples.ts'
import { MemoryWatch } from './memory.ts'
import { StallWatch } from './stall-watch.ts'

export interface VictimInit {
  readonly libp2p?: Omit<Libp2pDefaultsOptions, 'privateKey'>
  readonly network?: Partial<Libp2pNetworkOptions>
  readonly options?: BitswapOptionsInit
  /** Beside the sample blocks it has every block anybody asks for, of this size; no matter what it hashes to. */
  readonly endless?: number
  /** A whole peer with these settings, instead of libp2p and bitswap alone. */
  readonly config?: JsonObject
}

const init = givenArgument() as VictimInit
weighBuffersWithHeap()
const blockstore = init.endless === undefined ? new MemoryBlockstore() : new EndlessBlockstore(init.endless)
for (let i = 0; i < SAMPLE_BLOCKS; i++) {
  const { cid, bytes } = numberedBlock(i, SAMPLE_BYTES)
  blockstore.writeBlock(cid, bytes)
}
const { libp2p: node, bitswap } = init.config === undefined ? await startBare() : await startWhole(init.config)

/** Nothing but libp2p and bitswap. */
async function startBare(): Promise<{ readonly libp2p: Libp2p; readonly bitswap: Exchange }> {
  const libp2p = await createLibp2p(libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'], ...init.libp2p }))
  const { options, network } = init
  const bitswap = createBitswap({ libp2p, blockstore, ...(options && { options }), ...(network && { network }) })
  await bitswap.start()
  return { libp2p, bitswap }
}

/** All that the daemon runs. */
async function startWhole(config: JsonObject): Promise<{ readonly libp2p: Libp2p; readonly bitswap: Exchange }> {
  return await createPeer({ blockstore, config, quiet: true, listen: ['/ip4/127.0.0.1/tcp/0'] })
}

const watch = new MemoryWatch()
const stalls = new StallWatch()

const calls = {
  addresses: (): string[] => node.getMultiaddrs().map(String),
  watchMemory: (everyMs: number): Promise<void> => watch.start(everyMs),
  memoryNow: (): Promise<number> => watch.now(),
  mostMemory: (): Promise<number> => watch.stop(),
  rss: (): number => process.memoryUsage.rss(),
  watchStalls: (): void => stalls.start(),
  /** Milliseconds of the longest turn of the event loop since `watchStalls`. */
  longestStall: (): number => stalls.stop(),
  stat: () => {
    const { partners, faults, messagesReceived, blocksSent, unwantedBlocksReceived, blocksReceived } = bitswap.stat()
    return { partners: [...partners], faults, messagesReceived, blocksSent, unwantedBlocksReceived, blocksReceived }
  },
  /** Wants kept of each connected partner. */
  wants: (): number[] => bitswap.stat().partners.map((peer) => bitswap.wantlistOf(peer).length),
  ledgers: () => bitswap.ledgers().map(({ peer, bytesSent, bytesReceived }) => ({ peer, bytesSent, bytesReceived })),
  connectedPeers: (): string[] => [...new Set(node.getConnections().map(({ remotePeer }) => remotePeer.toString()))],
  /** Fetches a sample block of one that is connected. */
  fetch: async ({ index, from }: { readonly index: number; readonly from: string }): Promise<void> => {
    const { cid } = numberedBlock(index, SAMPLE_BYTES)
    await bitswap.get(cid, { providers: [from], signal: AbortSignal.timeout(20_000) })
  },
  /** What each peer that it knows is worth to it. */
  worth: () => bitswap.trust.all().map(({ peer, worth }) => ({ peer, worth })),
  openStreams: (): number => node.getConnections().flatMap(({ streams }) => streams).length
}

export type VictimCalls = typeof calls

answerCalls(calls)
