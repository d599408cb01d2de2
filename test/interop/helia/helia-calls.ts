/** What the Helia of the interop tests does when it is asked; calls, arguments and answers are those of the Boxo peer. */
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { asTheyEnd } from '../as-they-end.ts'
import type { HeliaNode } from './helia-node.ts'

const BITSWAP = '/ipfs/bitswap/1.2.0'

/**
 * Wants that Helia has open at once. It tells a partner of each once, and waits: of Kubo, which keeps 1,024, it never gets
 * more than these.
 */
export const WANTS_AT_ONCE = 1_500

export interface Asked {
  readonly id: number
  readonly call: string
  readonly target?: number
  /** Base64. */
  readonly data?: readonly string[]
  readonly codec?: number
  readonly hash?: number
  readonly version?: 0 | 1
  readonly cids?: readonly string[]
  readonly from?: readonly string[]
  readonly address?: string
  readonly peer?: string
}

export interface CallContext {
  readonly signal: AbortSignal
  readonly part: (part: unknown) => void
}

export type Call = (asked: Asked, context: CallContext) => Promise<unknown>

export function heliaCalls({ helia, libp2p, exchange }: HeliaNode): Readonly<Record<string, Call>> {
  const reader = (cids: readonly CID[], { from = [] }: Asked) => {
    const [root] = cids
    if (root === undefined || from.length === 0) return helia.blockstore
    return helia.blockstore.createSession(root, { providers: from.map((text) => multiaddr(text)) })
  }
  const peers = async (): Promise<string[]> => {
    const known = await Promise.all(libp2p.getPeers().map((peer) => libp2p.peerStore.get(peer)))
    return known.filter(({ protocols }) => protocols.includes(BITSWAP)).map(({ id }) => id.toString())
  }
  return {
    put: async ({ data = [], ...format }) => {
      const cids: string[] = []
      for (const text of data) cids.push(String(await put(helia, new Uint8Array(Buffer.from(text, 'base64')), format)))
      return cids
    },
    get: async (asked, { signal }) => {
      const [cid] = parse(asked)
      if (cid === undefined) throw new Error('no CID to get')
      return toText(await whole(reader([cid], asked).get(cid, { signal })))
    },
    getMany: async (asked, { signal, part }) => {
      const cids = parse(asked)
      const from = reader(cids, asked)
      const get = async (cid: CID, signal: AbortSignal) => ({ cid, bytes: await whole(from.get(cid, { signal })) })
      for await (const { cid, bytes } of asTheyEnd(cids, WANTS_AT_ONCE, get, signal)) {
        part({ cid: cid.toString(), data: toText(bytes) })
      }
      return { blocks: cids.length }
    },
    connect: async ({ address = '' }, { signal }) => {
      await libp2p.dial(multiaddr(address), { signal })
    },
    disconnect: async ({ peer = '' }) => await libp2p.hangUp(peerIdFromString(peer)),
    peers,
    wantlist: ({ peer = '' }) => {
      const wants = exchange.getPeerWantlist(peerIdFromString(peer)) ?? []
      // What was answered stays in the list for some seconds, lest it be sent twice.
      return Promise.resolve(wants.filter(({ status }) => status === 'want').map(({ cid }) => cid.toString()))
    },
    ledger: ({ peer = '' }) => {
      const ledger = exchange.peerWantLists.ledgerForPeer(peerIdFromString(peer))
      // It counts messages where others count blocks.
      return Promise.resolve(ledger && { bytesSent: ledger.sent, bytesReceived: ledger.received })
    }
  }
}

async function put(
  helia: HeliaNode['helia'],
  bytes: Uint8Array,
  { codec = 0x55, hash = 0x12, version = 1 }: Pick<Asked, 'codec' | 'hash' | 'version'>
): Promise<CID> {
  const hasher = hash === identity.code ? identity : await helia.getHasher(hash)
  const cid = CID.create(version, codec, await hasher.digest(bytes))
  return await helia.blockstore.put(cid, bytes)
}

function parse({ cids = [] }: Asked): CID[] {
  return cids.map((text) => CID.parse(text))
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

async function whole(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}
