/** Helia with its own bitswap on a libp2p of its own: no gateways, no routing, no internet, blocks in memory. */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { type Bitswap, withBitswap } from '@helia/bitswap'
import type { BlockBroker, Helia } from '@helia/interface'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { webSockets } from '@libp2p/websockets'
import { MemoryBlockstore } from 'blockstore-core'
import { createBLAKE3 } from 'hash-wasm'
import { createHeliaLight } from 'helia'
import { createLibp2p } from 'libp2p'
import { from } from 'multiformats/hashes/hasher'
import type { MultihashHasher } from 'multiformats/hashes/interface'
import { sha512 } from 'multiformats/hashes/sha2'
import { BLAKE3_CODE } from '../../../src/hashing/hash-codes.ts'
import type { ForeignStart } from '../foreign-peer.ts'

/** Helia does not hand out its exchange; its broker holds it. Of the ledgers only their sums are read. */
export interface HeliaExchange extends Pick<Bitswap, 'getPeerWantlist'> {
  readonly peerWantLists: {
    ledgerForPeer(peer: unknown): { sent: number; received: number } | undefined
  }
}

export interface HeliaNode {
  readonly helia: Helia
  readonly libp2p: Libp2p
  readonly exchange: HeliaExchange
}

/** Streams of one connection, each way; yamux's own thousand is less than Helia opens for many messages at once. */
const MAX_STREAMS = 4096

export async function startHeliaNode({ encryption, transport, keyType }: ForeignStart): Promise<HeliaNode> {
  const encrypters = { tls: tls(), noise: noise() }
  const libp2p = await createLibp2p({
    privateKey: keyType === 'rsa' ? await generateKeyPair('RSA', 2048) : await generateKeyPair('Ed25519'),
    addresses: { listen: [`/ip4/127.0.0.1/tcp/0${transport === 'ws' ? '/ws' : ''}`] },
    transports: transport === 'ws' ? [webSockets()] : [tcp()],
    connectionEncrypters: encryption === undefined ? [encrypters.tls, encrypters.noise] : [encrypters[encryption]],
    streamMuxers: [yamux({ maxInboundStreams: MAX_STREAMS, maxOutboundStreams: MAX_STREAMS })],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify(), ping: ping() }
  })
  const light = createHeliaLight({ blockstore: new MemoryBlockstore(), hashers: [sha512, await blake3()] })
  const helia = withBitswap(Object.assign(light, { libp2p }))
  const broker = Promise.withResolvers<BlockBroker>()
  const addBlockBroker = helia.addBlockBroker.bind(helia)
  helia.addBlockBroker = (added) => {
    broker.resolve(added)
    addBlockBroker(added)
  }
  await helia.start()
  return { helia, libp2p, exchange: exchangeOf(await broker.promise) }
}

function exchangeOf(broker: BlockBroker): HeliaExchange {
  if (!('bitswap' in broker)) throw new Error('the broker of Helia holds no exchange')
  return broker.bitswap as HeliaExchange
}

async function blake3(): Promise<MultihashHasher> {
  const hasher = await createBLAKE3(256)
  const encode = (bytes: Uint8Array) => hasher.init().update(bytes).digest('binary')
  return from({ name: 'blake3', code: BLAKE3_CODE, encode: (bytes) => new Uint8Array(encode(bytes)) })
}
