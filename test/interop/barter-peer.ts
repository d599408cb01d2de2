/** Barter behind the same interface as the programs of others, so that a scenario can be played with the roles swapped. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Libp2p } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { type BitswapOptionsInit, createBitswap, type Exchange } from '../../src/index.ts'
import { libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import type { Hashers } from '../../src/ports.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { CODEC_CODES, HASH_CODES } from './block-format.ts'
import type { BlockFormat, ForeignBlock, ForeignLedger, ForeignPeer, ForeignStart, GetOptions } from './foreign-peer.ts'

const PATIENCE_MS = 60_000

export interface BarterStart extends Omit<ForeignStart, 'protocols'> {
  readonly options?: BitswapOptionsInit
}

/** A Barter peer with the daemon's defaults, so far as it is not told otherwise. */
export async function startBarter(init: BarterStart = {}): Promise<BarterPeer> {
  const { encryption, transport = 'tcp', keyType = 'ed25519', options = {} } = init
  const privateKey = await (keyType === 'rsa' ? generateKeyPair('RSA', 2048) : generateKeyPair('Ed25519'))
  const listen = [transport === 'ws' ? '/ip4/127.0.0.1/tcp/0/ws' : '/ip4/127.0.0.1/tcp/0']
  const encrypted = encryption === undefined ? {} : { encryption: [encryption] }
  const node = await createLibp2p(libp2pDefaults({ listen, privateKey, ...encrypted }))
  const bitswap = createBitswap({ libp2p: node, blockstore: new MemoryBlockstore(), options })
  await bitswap.start()
  return new BarterPeer(node, bitswap, await createHashers())
}

export class BarterPeer implements ForeignPeer {
  readonly name = 'barter'
  readonly id: string
  readonly addresses: readonly string[]
  readonly node: Libp2p
  readonly bitswap: Exchange
  readonly #hashers: Hashers

  constructor(node: Libp2p, bitswap: Exchange, hashers: Hashers) {
    this.node = node
    this.bitswap = bitswap
    this.#hashers = hashers
    this.id = node.peerId.toString()
    this.addresses = node.getMultiaddrs().map((address) => address.toString())
  }

  async put(bytes: Uint8Array, { codec = 'raw', hash = 'sha2-256', version = 1 }: BlockFormat = {}): Promise<CID> {
    const code = HASH_CODES[hash]
    const multihash = create(code, hash === 'identity' ? bytes : this.#hashers.digest(code, bytes))
    const cid = CID.create(version, CODEC_CODES[codec], multihash)
    await this.bitswap.put(cid, bytes)
    return cid
  }

  async putMany(all: readonly Uint8Array[], format?: BlockFormat): Promise<CID[]> {
    const cids: CID[] = []
    for (const bytes of all) cids.push(await this.put(bytes, format))
    return cids
  }

  async get(cid: CID, options: GetOptions = {}): Promise<Uint8Array> {
    return await this.bitswap.get(cid, { signal: deadline(options), providers: options.from })
  }

  async *getMany(cids: readonly CID[], options: GetOptions = {}): AsyncGenerator<ForeignBlock> {
    yield* this.bitswap.getMany(cids, { signal: deadline(options), providers: options.from })
  }

  async connect(address: string): Promise<void> {
    await this.node.dial(multiaddr(address))
  }

  async disconnect(peerId: string): Promise<void> {
    await this.node.hangUp(peerIdFromString(peerId))
  }

  partners(): Promise<readonly string[]> {
    return Promise.resolve(this.bitswap.stat().partners)
  }

  wantlistOf(peerId: string): Promise<readonly CID[]> {
    return Promise.resolve(this.bitswap.wantlistOf(peerId).map(({ cid }) => cid))
  }

  ledgerWith(peerId: string): Promise<ForeignLedger | undefined> {
    return Promise.resolve(this.bitswap.ledger(peerId))
  }

  async stop(): Promise<void> {
    await this.bitswap.stop()
    await this.node.stop()
  }
}

function deadline({ signal, timeoutMs = PATIENCE_MS }: GetOptions): AbortSignal {
  const late = AbortSignal.timeout(timeoutMs)
  return signal === undefined ? late : AbortSignal.any([signal, late])
}
