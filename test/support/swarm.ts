import type { CID } from 'multiformats/cid'
import { Bitswap } from '../../src/bitswap.ts'
import type { PolicyInit } from '../../src/assembly.ts'
import type { Strategy } from '../../src/engine/strategy.ts'
import { createHashers } from '../../src/hashing/hashers.ts'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import type { BitswapOptionsInit } from '../../src/options.ts'
import type { Blockstore, LedgerStore, Network, TrustStore } from '../../src/ports.ts'
import type { Client } from '../../src/session/session-like.ts'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'
import { VirtualNetwork, type JoinOptions, type VirtualNetworkOptions } from '../../src/simulation/virtual-network.ts'
import { VirtualProviders } from '../../src/simulation/virtual-providers.ts'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { RecordingLogger } from './recording-logger.ts'

export interface SwarmPeer {
  readonly id: PeerId
  readonly bitswap: Bitswap
  readonly store: MemoryBlockstore
  readonly network: Network
  readonly logger: RecordingLogger
  /** Stores blocks before anybody wants them. */
  has(blocks: readonly SampleBlock[]): Promise<void>
}

export interface SwarmPeerOptions extends JoinOptions {
  readonly options?: BitswapOptionsInit
  readonly strategy?: Strategy
  /** Who decides what is asked of whom; our own sessions without it. */
  readonly client?: Client
  readonly ledgerStore?: LedgerStore
  readonly trustStore?: TrustStore
  readonly policy?: PolicyInit
  /** Wraps the peer's store, to make it fail or lie. */
  readonly wrapStore?: (store: Blockstore) => Blockstore
  /** Puts other networks beside the peer's own. */
  readonly wrapNetwork?: (network: Network) => Network
}

/** Loaded before any test: WebAssembly takes real time, which a virtual clock does not know. */
const hashers = await createHashers()

/** Whole exchanges that meet in one virtual network: the real sessions, wants, engine and ledger in virtual time. */
export class Swarm {
  readonly clock = new VirtualClock()
  readonly hub: VirtualNetwork
  readonly routing: VirtualProviders

  constructor(options: VirtualNetworkOptions = {}) {
    this.hub = new VirtualNetwork(this.clock, options)
    this.routing = new VirtualProviders(this.clock)
  }

  async add(name: string, options: SwarmPeerOptions = {}): Promise<SwarmPeer> {
    const id = toPeerId(name)
    const store = new MemoryBlockstore()
    const joined = this.hub.join(id, options)
    const network = options.wrapNetwork?.(joined) ?? joined
    const logger = new RecordingLogger()
    const port = toBlockstorePort(store)
    const bitswap = new Bitswap({
      self: id,
      network,
      blockstore: options.wrapStore?.(port) ?? port,
      hashers,
      finder: this.routing.finderFor(id),
      clock: this.clock,
      logger,
      ledgerStore: options.ledgerStore,
      trustStore: options.trustStore,
      policy: options.policy,
      strategy: options.strategy,
      client: options.client,
      options: options.options
    })
    await this.clock.until(bitswap.start())
    const has = async (blocks: readonly SampleBlock[]): Promise<void> => {
      for (const { cid, bytes } of blocks) await bitswap.put(cid, bytes)
    }
    return { id, bitswap, store, network, logger, has }
  }

  async connect(a: SwarmPeer, b: SwarmPeer): Promise<void> {
    await this.clock.until(a.network.connect({ peer: b.id, addresses: [] }))
  }

  /** Fetches all of the blocks and returns how many came from whom. Fails when one is wrong or missing. */
  async fetch(
    peer: SwarmPeer,
    blocks: readonly SampleBlock[],
    options: { readonly providers?: readonly PeerId[]; readonly limitMs?: number } = {}
  ): Promise<Map<PeerId | undefined, number>> {
    const from = new Map<PeerId | undefined, number>()
    const expected = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes]))
    const run = async (): Promise<void> => {
      const cids = blocks.map(({ cid }) => cid)
      for await (const block of peer.bitswap.getMany(cids, { providers: options.providers })) {
        if (!Buffer.from(expected.get(block.cid.toString()) ?? []).equals(block.bytes)) {
          throw new Error(`wrong bytes for ${block.cid.toString()}`)
        }
        from.set(block.from, (from.get(block.from) ?? 0) + 1)
      }
    }
    await this.clock.until(run(), options.limitMs ?? 600_000)
    const count = [...from.values()].reduce((sum, n) => sum + n, 0)
    if (count !== blocks.length) throw new Error(`${count} of ${blocks.length} blocks arrived`)
    return from
  }

  /** A signal that aborts when so much virtual time has passed. */
  signalAfter(ms: number): AbortSignal {
    const abort = new AbortController()
    this.clock.setTimer(ms, () => abort.abort(new Error('time is up')))
    return abort.signal
  }

  async stop(...peers: readonly SwarmPeer[]): Promise<void> {
    for (const { bitswap } of peers) await this.clock.until(bitswap.stop())
  }
}

/** Blocks that differ, numbered from `first`. */
export function blocks(count: number, size = 64, first = 0): SampleBlock[] {
  return Array.from({ length: count }, (_, index) => numberedBlock(first + index, size))
}

/** Entries of messages that a peer sent to another, of the kinds that name `cid`. */
export function told(swarm: Swarm, from: SwarmPeer, to: SwarmPeer, cid: CID): string[] {
  return swarm.hub.log
    .filter((traffic) => traffic.from === from.id && traffic.to === to.id)
    .flatMap(({ message }) => [
      ...message.cancels.filter((entry) => entry.cid.equals(cid)).map(() => 'cancel'),
      ...message.wants.filter((entry) => entry.cid.equals(cid)).map(({ type }) => `want-${type}`),
      ...message.presences.filter((entry) => entry.cid.equals(cid)).map(({ have }) => (have ? 'have' : 'dont-have'))
    ])
}
