/** Helia nodes that trade through Barter's exchange, and through Helia's own; on loopback, stopped at the end of the test. */
import { withBitswap as withHeliaBitswap } from '@helia/bitswap'
import type { Helia } from '@helia/interface'
import { withLibp2pLight } from '@helia/libp2p'
import type { Libp2p } from '@libp2p/interface'
import { createHeliaLight } from 'helia'
import type { Blockstore } from 'interface-blockstore'
import type { Datastore } from 'interface-datastore'
import { exporter } from 'ipfs-unixfs-exporter'
import { importer, type ImportCandidate } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import { onTestFinished } from 'vitest'
import { withBitswap, type HeliaBitswapInit, type WithBitswap } from '../../src/helia/index.ts'
import { libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { eventually } from '../support/eventually.ts'

export type HeliaNode = Helia & { readonly libp2p: Libp2p }
export type BarterNode = HeliaNode & WithBitswap

export interface NodeInit extends HeliaBitswapInit {
  readonly blockstore?: Blockstore
  readonly datastore?: Datastore
}

/** A Helia node with a libp2p of its own, not started. */
export function bareHelia({ blockstore = new MemoryBlockstore(), datastore }: NodeInit = {}): HeliaNode {
  const helia = createHeliaLight({ blockstore, ...(datastore && { datastore }) })
  return withLibp2pLight(helia, libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] }))
}

/** With Barter's exchange. */
export async function startBarterNode({ blockstore, datastore, ...init }: NodeInit = {}): Promise<BarterNode> {
  const stores = { ...(blockstore && { blockstore }), ...(datastore && { datastore }) }
  return await started(withBitswap(bareHelia(stores), init))
}

/** With the exchange of Helia. */
export async function startHeliaNode(init: NodeInit = {}): Promise<HeliaNode> {
  return await started(withHeliaBitswap(bareHelia(init) as Parameters<typeof withHeliaBitswap>[0]))
}

export async function started<H extends Helia>(helia: H): Promise<H> {
  onTestFinished(async () => {
    await helia.stop()
  })
  return await helia.start()
}

const BITSWAP = '/ipfs/bitswap/1.2.0'

/** Connects two nodes; resolves when each knows that the other trades. */
export async function connect(a: HeliaNode, b: HeliaNode): Promise<void> {
  await a.libp2p.dial(b.libp2p.getMultiaddrs())
  await knows(a, b)
  await knows(b, a)
}

async function knows(a: HeliaNode, b: HeliaNode): Promise<void> {
  if ('bitswap' in a) {
    const partners = (): readonly string[] => (a as BarterNode).bitswap.stat().partners
    await eventually(() => partners().includes(b.libp2p.peerId.toString()), 'a peer is known to trade')
    return
  }
  for (;;) {
    const peers = await a.libp2p.peerStore.all()
    if (peers.some(({ id, protocols }) => id.equals(b.libp2p.peerId) && protocols.includes(BITSWAP))) return
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** Adds files as UnixFS; returns the root. */
export async function add(helia: Helia, ...files: readonly ImportCandidate[]): Promise<CID> {
  let root: CID | undefined
  for await (const { cid } of importer(files, helia.blockstore, { wrapWithDirectory: files.length > 1 })) root = cid
  if (root === undefined) throw new Error('nothing was added')
  return root
}

/** Reads a file of UnixFS, in a session as `@helia/unixfs` does, or without one. */
export async function cat(
  { blockstore }: Helia,
  root: CID | string,
  options: { readonly session?: boolean; readonly signal?: AbortSignal } = {}
): Promise<Buffer> {
  const { session = true, signal = AbortSignal.timeout(30_000) } = options
  const cid = CID.parse(root.toString().split('/')[0] ?? '')
  const source = session ? blockstore.createSession(cid) : blockstore
  const entry = await exporter(root.toString(), source, { signal })
  if (entry.type !== 'file' && entry.type !== 'raw') throw new Error(`${root.toString()} is no file`)
  const chunks: Uint8Array[] = []
  for await (const chunk of entry.content({ signal })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A block, from the store or the network. */
export async function get(
  helia: Helia,
  cid: CID,
  options: Parameters<Helia['blockstore']['get']>[1] = {}
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of helia.blockstore.get(cid, options)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Bytes that look like no other: numbered words, so that every chunk is another block. */
export function content(size: number, first = 0): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4)).map((_, index) => Math.imul(first + index + 1, 2_654_435_761))
  return Buffer.from(words.buffer).subarray(0, size)
}
