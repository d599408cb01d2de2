import { Bitswap } from '../../src/bitswap.ts'
import type { CID } from 'multiformats/cid'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import type { BitswapOptionsInit } from '../../src/options.ts'
import type { Blockstore, Hashers, Logger, Network } from '../../src/ports.ts'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { VirtualBlockstore } from '../../src/simulation/virtual-blockstore.ts'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'
import type { VirtualFile } from '../../src/simulation/virtual-content.ts'
import { virtualHashers } from '../../src/simulation/virtual-hashers.ts'
import { VirtualNetwork, type JoinOptions, type VirtualNetworkOptions } from '../../src/simulation/virtual-network.ts'
import { VirtualProviders } from '../../src/simulation/virtual-providers.ts'

export interface CrowdPeer {
  readonly id: PeerId
  readonly bitswap: Bitswap
  readonly store: Blockstore
  readonly network: Network
}

export interface CrowdOptions {
  readonly network?: VirtualNetworkOptions
  readonly join?: JoinOptions
  readonly bitswap?: BitswapOptionsInit
}

const NOTHING = (): void => undefined
const SILENT: Logger = { debug: NOTHING, warn: NOTHING, error: NOTHING }

/** Many whole exchanges in one virtual world, with virtual content: made to be cheap. */
export class Crowd {
  readonly clock = new VirtualClock({ maxEvents: Infinity })
  readonly hub: VirtualNetwork
  readonly peers: CrowdPeer[] = []
  readonly #hashers: Hashers = virtualHashers()
  readonly #providers = new VirtualProviders(this.clock)
  readonly #options: CrowdOptions

  constructor(options: CrowdOptions = {}) {
    this.#options = options
    this.hub = new VirtualNetwork(this.clock, { maxLog: 0, ...options.network })
  }

  async add(count: number): Promise<void> {
    const starts = Array.from({ length: count }, () => this.#make())
    await this.clock.until(Promise.all(starts.map(({ bitswap }) => bitswap.start())))
  }

  /** A ring, and edges by lot until every peer has about `degree` neighbours. */
  async connect(degree: number, seed: number | string): Promise<number> {
    const count = this.peers.length
    const random = new SeededRandom(seed, 'topology')
    const edges = new Set<number>()
    for (let a = 0; a < count; a++) edges.add(edgeOf(a, (a + 1) % count, count))
    const wanted = Math.min((count * degree) / 2, (count * (count - 1)) / 2)
    while (edges.size < wanted) {
      const [a, b] = [random.below(count), random.below(count)]
      if (a !== b) edges.add(edgeOf(a, b, count))
    }
    const dials: Promise<unknown>[] = []
    for (const edge of edges) dials.push(this.#dial(Math.floor(edge / count), edge % count))
    await this.clock.until(Promise.all(dials))
    return edges.size
  }

  /** All peers but the first `seeds`, which have the file, fetch it. */
  async fetch(file: VirtualFile, seeds = 1): Promise<void> {
    for (const { store } of this.peers.slice(0, seeds)) {
      for (const { cid, bytes } of file.blocks) await store.put(cid, bytes)
    }
    const cids = file.blocks.map(({ cid }) => cid)
    await this.clock.until(Promise.all(this.peers.slice(seeds).map(({ bitswap }) => fetchAll(bitswap, cids))))
  }

  #make(): CrowdPeer {
    const id = toPeerId(`peer-${this.peers.length}`)
    const store = new VirtualBlockstore()
    const network = this.hub.join(id, this.#options.join)
    const bitswap = new Bitswap({
      network,
      blockstore: store,
      hashers: this.#hashers,
      finder: this.#providers.finderFor(id),
      clock: this.clock,
      logger: SILENT,
      own: (bytes) => bytes,
      options: this.#options.bitswap
    })
    const peer = { id, bitswap, store, network }
    this.peers.push(peer)
    return peer
  }

  async #dial(a: number, b: number): Promise<void> {
    const [from, to] = [this.peers[a], this.peers[b]]
    if (from === undefined || to === undefined) throw new Error('no such peer')
    await from.network.connect({ peer: to.id, addresses: [] })
  }
}

async function fetchAll(bitswap: Bitswap, cids: readonly CID[]): Promise<void> {
  let count = 0
  for await (const { bytes } of bitswap.getMany(cids)) count += bytes.byteLength >= 0 ? 1 : 0
  if (count !== cids.length) throw new Error(`${count} of ${cids.length} blocks arrived`)
}

function edgeOf(a: number, b: number, count: number): number {
  return Math.min(a, b) * count + Math.max(a, b)
}
