/** Kubo, the IPFS daemon in Go, as a peer of the interop scenarios. */
import { CID } from 'multiformats/cid'
import { MAX_BLOCK_BYTES } from '../../../src/message/limits.ts'
import { whyNoGo } from '../build-go.ts'
import type {
  BlockFormat,
  ForeignBlock,
  ForeignFeatures,
  ForeignKind,
  ForeignLedger,
  ForeignPeer,
  ForeignStart,
  GetOptions
} from '../foreign-peer.ts'
import { asTheyEnd } from '../as-they-end.ts'
import { buildKubo, KuboDaemon } from './kubo-daemon.ts'
import { field, type KuboRpc, list, member, type RpcOptions } from './kubo-rpc.ts'

/** Calls under way for one `getMany`: each is a session of its own to Kubo, and a connection of the RPC. */
const GETS_AT_A_TIME = 1_500
/** Blocks of one upload. */
const PUTS_AT_A_TIME = 500
const GET_TIMEOUT_MS = 60_000

const features: ForeignFeatures = {
  wantlistOf: true,
  ledger: true,
  encryptions: ['tls', 'noise'],
  transports: ['tcp', 'ws'],
  protocols: false,
  keyTypes: ['ed25519', 'rsa'],
  hashes: ['sha2-256', 'sha2-512', 'blake3', 'identity'],
  codecs: ['raw', 'dag-pb', 'dag-cbor'],
  largestBlock: MAX_BLOCK_BYTES,
  cancels: true,
  servesLate: true,
  keepsWants: 1024,
  wantsAtOnce: GETS_AT_A_TIME
}

export const kubo: ForeignKind = {
  name: 'kubo',
  features,
  available: async () => (process.platform === 'win32' ? 'its driver needs a POSIX shell' : await whyNoGo()),
  prepare: async () => {
    await buildKubo()
  },
  start: async (options: ForeignStart = {}) => {
    if (options.protocols !== undefined) throw new Error('Kubo speaks all bitswap protocols')
    return await asPeer(await KuboDaemon.start(options))
  }
}

/** A daemon that was started with more than the scenarios know of, behind their interface. */
export async function asPeer(daemon: KuboDaemon): Promise<KuboPeer> {
  try {
    const about = await daemon.rpc.json('id')
    const { Version } = (await daemon.rpc.json('version')) as { Version: string }
    const addresses = list(about, 'Addresses').map(String)
    return new KuboPeer(daemon, `kubo ${Version}`, field(about, 'ID'), addresses)
  } catch (error) {
    await daemon.stop()
    throw error
  }
}

/** A daemon behind the interface of the scenarios. */
export class KuboPeer implements ForeignPeer {
  readonly name: string
  readonly id: string
  readonly addresses: readonly string[]
  readonly #daemon: KuboDaemon
  readonly #rpc: KuboRpc

  constructor(daemon: KuboDaemon, name: string, id: string, addresses: readonly string[]) {
    this.#daemon = daemon
    this.#rpc = daemon.rpc
    this.name = name
    this.id = id
    this.addresses = addresses
  }

  async put(bytes: Uint8Array, format?: BlockFormat): Promise<CID> {
    const [cid] = await this.putMany([bytes], format)
    if (cid === undefined) throw new Error('Kubo answered no CID')
    return cid
  }

  async putMany(all: readonly Uint8Array[], format: BlockFormat = {}): Promise<CID[]> {
    const cids: CID[] = []
    for (let i = 0; i < all.length; i += PUTS_AT_A_TIME) {
      const files = all.slice(i, i + PUTS_AT_A_TIME)
      const stored = await this.#rpc.lines('block/put', { files, options: putOptions(format) })
      for (const each of stored) cids.push(CID.parse(field(each, 'Key')))
    }
    return cids
  }

  async get(cid: CID, { signal, timeoutMs = GET_TIMEOUT_MS }: GetOptions = {}): Promise<Uint8Array> {
    const options = { timeout: `${timeoutMs}ms` }
    return await this.#rpc.bytes('block/get', { args: [cid.toString()], options, signal })
  }

  async *getMany(cids: readonly CID[], { signal, ...options }: GetOptions = {}): AsyncGenerator<ForeignBlock> {
    const fetch = async (cid: CID, signal: AbortSignal) => ({ cid, bytes: await this.get(cid, { ...options, signal }) })
    yield* asTheyEnd(cids, GETS_AT_A_TIME, fetch, signal)
  }

  async connect(address: string): Promise<void> {
    await this.#rpc.json('swarm/connect', { args: [address] })
  }

  async disconnect(peerId: string): Promise<void> {
    await this.#rpc.json('swarm/disconnect', { args: [`/p2p/${peerId}`] })
  }

  async partners(): Promise<readonly string[]> {
    // The partners of `bitswap stat` are those that want something.
    const connected = await this.#rpc.json('swarm/peers', { options: { identify: true } })
    const trading = list(connected, 'Peers').filter((peer) =>
      list(member(peer, 'Identify'), 'Protocols').some((protocol) => String(protocol).startsWith('/ipfs/bitswap'))
    )
    return [...new Set(trading.map((peer) => field(peer, 'Peer')))]
  }

  async wantlistOf(peerId: string): Promise<readonly CID[]> {
    const wants = await this.#rpc.json('bitswap/wantlist', { options: { peer: peerId } })
    return list(wants, 'Keys').map((key) => CID.parse(field(key, '/')))
  }

  async ledgerWith(peerId: string): Promise<ForeignLedger | undefined> {
    const ledger = await this.#rpc.json('bitswap/ledger', { args: [peerId] })
    const [bytesSent, bytesReceived, exchanges] = ['Sent', 'Recv', 'Exchanged'].map((name) =>
      Number(member(ledger, name))
    )
    if (bytesSent === undefined || bytesReceived === undefined || exchanges === undefined) return undefined
    return exchanges === 0 ? undefined : { bytesSent, bytesReceived, exchanges }
  }

  async stop(): Promise<void> {
    await this.#daemon.stop()
  }
}

function putOptions({ codec = 'raw', hash = 'sha2-256', version = 1 }: BlockFormat): RpcOptions {
  const common = { 'allow-big-block': true }
  return version === 0 ? { ...common, format: 'v0' } : { ...common, 'cid-codec': codec, mhtype: hash }
}
