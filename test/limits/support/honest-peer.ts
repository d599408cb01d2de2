/** Peers that do nothing wrong, beside those that do. */
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { onTestFinished } from 'vitest'
import { createBitswap } from '../../../src/node/create-bitswap.ts'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'
import { MemoryBlockstore } from '../../../src/storage/memory-blockstore.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { SAMPLE_BLOCKS, SAMPLE_BYTES } from './samples.ts'

export interface Fetched {
  readonly blocks: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Fetch the sample blocks of the attacked peer, all of them at a time, each one block after the other. */
export class HonestPeers {
  readonly #peers: { readonly get: (index: number) => Promise<number> }[] = []
  #next = 0
  #background: Promise<number[]> | undefined
  #stop = false

  static async connect(to: readonly string[], count: number): Promise<HonestPeers> {
    const honest = new HonestPeers()
    for (let i = 0; i < count; i++) await honest.#add(to)
    return honest
  }

  async #add(to: readonly string[]): Promise<void> {
    const node = await createLibp2p(libp2pDefaults())
    const blockstore = new MemoryBlockstore()
    const bitswap = createBitswap({ libp2p: node, blockstore })
    onTestFinished(async () => {
      await bitswap.stop()
      await node.stop()
    })
    await bitswap.start()
    await node.dial(to.map((address) => multiaddr(address)))
    const get = async (index: number): Promise<number> => {
      const { cid, bytes } = numberedBlock(index % SAMPLE_BLOCKS, SAMPLE_BYTES)
      const started = performance.now()
      const got = await bitswap.get(cid, { signal: AbortSignal.timeout(30_000) })
      const took = performance.now() - started
      if (Buffer.compare(got, bytes) !== 0) throw new Error('wrong bytes')
      // It is asked for again when all have been.
      blockstore.delete(cid)
      return took
    }
    this.#peers.push({ get })
  }

  /** Each fetches so many blocks, one after the other. Rejects when one of them does not come. */
  async fetch(each: number): Promise<Fetched> {
    const times = await Promise.all(this.#peers.map((peer) => this.#fetchWith(peer, each)))
    return summary(times.flat())
  }

  /** Goes on fetching until `stopFetching`. */
  keepFetching(): void {
    this.#stop = false
    this.#background = Promise.all(this.#peers.map((peer) => this.#fetchWith(peer, Infinity))).then((all) => all.flat())
    // Told by `stopFetching`.
    this.#background.catch(() => undefined)
  }

  async stopFetching(): Promise<Fetched> {
    this.#stop = true
    return summary((await this.#background) ?? [])
  }

  async #fetchWith(peer: { readonly get: (index: number) => Promise<number> }, count: number): Promise<number[]> {
    const times: number[] = []
    for (let i = 0; i < count && !(count === Infinity && this.#stop); i++) {
      times.push(await peer.get(this.#next++))
      // At leisure: what is measured is how long one takes, and not how many can be had.
      if (count === Infinity) await new Promise<void>((resolve) => setTimeout(resolve, 20))
    }
    return times
  }
}

function summary(times: readonly number[]): Fetched {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { blocks: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) }
}
