/** Whole exchanges on real libp2p nodes that meet on loopback. */
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import { createLibp2p } from 'libp2p'
import { expect, onTestFinished } from 'vitest'
import { createBitswap, type Exchange, type FetchedBlock, type GetOptions } from '../../src/index.ts'
import { type PeerId, toPeerId } from '../../src/ids.ts'
import type { Libp2pNetworkOptions } from '../../src/network/libp2p/network-options.ts'
import { type Encryption, libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import type { BitswapOptionsInit } from '../../src/options.ts'
import type { ProviderFinder } from '../../src/ports.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { eventually } from './eventually.ts'

export interface LivePeerInit {
  /** In memory when left out. */
  readonly blockstore?: InterfaceBlockstore
  readonly datastore?: Datastore
  readonly privateKey?: PrivateKey
  readonly finder?: ProviderFinder
  readonly strategy?: string
  readonly options?: BitswapOptionsInit
  readonly network?: Partial<Libp2pNetworkOptions>
  readonly encryption?: readonly Encryption[]
}

export interface LivePeer {
  readonly node: Libp2p
  readonly id: PeerId
  readonly bitswap: Exchange
  /** Its addresses as text, with its peer id. */
  readonly addresses: readonly string[]
  /** Stores blocks before anybody wants them. */
  has(blocks: readonly SampleBlock[]): Promise<void>
  /** Leaves the network properly; done at the end of the test in any case. */
  stop(): Promise<void>
}

/** A node that listens on loopback and has nothing but identify and ping; stopped at the end of the test. */
export async function startBareNode(init: Pick<LivePeerInit, 'privateKey' | 'encryption'> = {}): Promise<Libp2p> {
  const node = await createLibp2p(libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'], ...init }))
  onTestFinished(() => node.stop())
  return node
}

/** A peer that trades; stopped at the end of the test. */
export async function startLivePeer(init: LivePeerInit = {}): Promise<LivePeer> {
  const { privateKey, encryption, blockstore = new MemoryBlockstore(), ...rest } = init
  const node = await startBareNode({ ...(privateKey && { privateKey }), ...(encryption && { encryption }) })
  const bitswap = createBitswap({ libp2p: node, blockstore, ...rest })
  await bitswap.start()
  const stop = async (): Promise<void> => {
    await bitswap.stop()
    await node.stop()
  }
  onTestFinished(stop)
  return livePeer(node, bitswap, stop)
}

/** A peer from its parts. */
export function livePeer(node: Libp2p, bitswap: Exchange, stop: () => Promise<void>): LivePeer {
  const has = async (blocks: readonly SampleBlock[]): Promise<void> => {
    for (const { cid, bytes } of blocks) await bitswap.put(cid, bytes)
  }
  const addresses = node.getMultiaddrs().map((address) => address.toString())
  return { node, id: toPeerId(node.peerId), bitswap, addresses, has, stop }
}

/** Connects two peers; resolves when each knows that the other trades. */
export async function connect(a: LivePeer, b: LivePeer): Promise<void> {
  await a.node.dial(b.node.getMultiaddrs())
  await partners(a, b)
}

/** Resolves when two peers know that the other trades. */
export async function partners(a: LivePeer, b: LivePeer): Promise<void> {
  await eventually(() => a.bitswap.stat().partners.includes(b.id), `${a.id} knows ${b.id}`)
  await eventually(() => b.bitswap.stat().partners.includes(a.id), `${b.id} knows ${a.id}`)
}

/** Two peers that are connected. */
export async function startLivePair(
  a: LivePeerInit = {},
  b: LivePeerInit = {}
): Promise<readonly [LivePeer, LivePeer]> {
  const pair = [await startLivePeer(a), await startLivePeer(b)] as const
  await connect(...pair)
  return pair
}

/** Bitswap streams that a node has open, both ways. */
export function openStreams({ node }: Pick<LivePeer, 'node'>): number {
  const streams = node.getConnections().flatMap((connection) => connection.streams)
  return streams.filter(({ protocol }) => protocol.startsWith('/ipfs/bitswap')).length
}

/** Blocks that differ, numbered from `first`. */
export function blocks(count: number, size: number, first = 0): SampleBlock[] {
  return Array.from({ length: count }, (_, index) => numberedBlock(first + index, size))
}

/** The one block of a number. */
export function block(size: number, number = 0): SampleBlock {
  return numberedBlock(number, size)
}

export function sizeOf(all: readonly SampleBlock[]): number {
  return all.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
}

export interface FetchOptions extends GetOptions {
  /** Called after each block, with how many arrived by then. */
  readonly onBlock?: (count: number, block: FetchedBlock) => void | Promise<void>
}

/** Fetches all of the blocks, checks each, and returns how many bytes came from whom. */
export async function fetchAll(
  peer: LivePeer,
  wanted: readonly SampleBlock[],
  { onBlock, ...options }: FetchOptions = {}
): Promise<Map<PeerId | undefined, number>> {
  const expected = new Map(wanted.map(({ cid, bytes }) => [cid.toString(), bytes]))
  const from = new Map<PeerId | undefined, number>()
  let count = 0
  const cids = wanted.map(({ cid }) => cid)
  for await (const fetched of peer.bitswap.getMany(cids, options)) {
    const right = expected.get(fetched.cid.toString())
    if (right === undefined || !Buffer.from(right).equals(fetched.bytes))
      throw new Error(`wrong: ${fetched.cid.toString()}`)
    from.set(fetched.from, (from.get(fetched.from) ?? 0) + fetched.bytes.byteLength)
    count++
    await onBlock?.(count, fetched)
  }
  expect(count).toBe(wanted.length)
  return from
}

/** What went from one peer to another since both began. */
export interface Traded {
  readonly bytes: number
  readonly blocks: number
}

const NOTHING: Traded = { bytes: 0, blocks: 0 }

/**
 * Both ledgers hold exactly these figures: what `a` gave `b`, and what `b` gave `a`. Waits for the giver's side, which is
 * written after the write of the last block is confirmed.
 */
export async function expectLedgers(a: LivePeer, b: LivePeer, given: Traded, taken: Traded = NOTHING): Promise<void> {
  const ofA = (): number => a.bitswap.ledger(b.id)?.exchanges ?? 0
  const ofB = (): number => b.bitswap.ledger(a.id)?.exchanges ?? 0
  const exchanges = given.blocks + taken.blocks
  await eventually(() => ofA() >= exchanges && ofB() >= exchanges, `${exchanges} blocks are in both ledgers`)
  expect(a.bitswap.ledger(b.id)).toMatchObject({ bytesSent: given.bytes, bytesReceived: taken.bytes, exchanges })
  expect(b.bitswap.ledger(a.id)).toMatchObject({ bytesSent: taken.bytes, bytesReceived: given.bytes, exchanges })
}

/** What these blocks come to in a ledger. */
export function worth(all: readonly SampleBlock[]): Traded {
  return { bytes: sizeOf(all), blocks: all.length }
}

/** Nobody wants anything of the other any more. */
export async function expectNoWants(a: LivePeer, b: LivePeer): Promise<void> {
  expect(a.bitswap.wantlist()).toEqual([])
  expect(b.bitswap.wantlist()).toEqual([])
  await eventually(() => a.bitswap.wantlistOf(b.id).length === 0, 'the first peer keeps no want of the second')
  await eventually(() => b.bitswap.wantlistOf(a.id).length === 0, 'the second peer keeps no want of the first')
}
