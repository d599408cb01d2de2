import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import type { Exchange } from '../../src/exchange.ts'
import { createBitswap } from '../../src/node/create-bitswap.ts'
import { libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { numberedBlock, type SampleBlock } from '../../src/testing/sample-blocks.ts'
import { SEED } from '../support/seed.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { timeUntil } from './support/arena.ts'
import { type Child, startChild } from './support/child.ts'
import { damageFiles, storeFiles } from './support/damaged-files.ts'
import type { FileServerCalls } from './support/file-server.ts'
import { MIB, report } from './support/scale.ts'

const FILES = 10_000
const FILE_BYTES = 4_096
const DAMAGED = 100
const LARGE_FILES = 100
const LARGE_BYTES = 256 * 1024
const RUNS = 5

interface Fetcher {
  readonly bitswap: Exchange
  readonly store: MemoryBlockstore
  readonly server: string
}

/** A peer of this process with a store of its own, connected to the one that serves files. */
async function fetcher(addresses: readonly string[]): Promise<Fetcher> {
  const node = await createLibp2p(libp2pDefaults())
  const store = new MemoryBlockstore()
  const bitswap = createBitswap({ libp2p: node, blockstore: store })
  onTestFinished(async () => {
    await bitswap.stop()
    await node.stop()
  })
  await bitswap.start()
  const { remotePeer } = await node.dial(addresses.map((address) => multiaddr(address)))
  return { bitswap, store, server: remotePeer.toString() }
}

interface FileServer {
  readonly server: Child<FileServerCalls>
  readonly fetcher: Fetcher
}

async function serving(directory: string, verify: boolean): Promise<FileServer> {
  const server = await startChild<FileServerCalls>('file-server', { directory, verify })
  return { server, fetcher: await fetcher(await server.call('addresses')) }
}

/** Asks for all of the blocks, and goes on asking until `signal`; the numbers of right and of wrong ones that came. */
function fetching({ bitswap }: Fetcher, wanted: readonly SampleBlock[], signal?: AbortSignal) {
  const expected = new Map(wanted.map(({ cid, bytes }) => [cid.toString(), bytes]))
  const came = { right: 0, wrong: 0 }
  const run = async (): Promise<void> => {
    const cids = wanted.map(({ cid }) => cid)
    for await (const { cid, bytes } of bitswap.getMany(cids, signal && { signal })) {
      if (Buffer.compare(expected.get(cid.toString()) ?? Buffer.alloc(0), bytes) === 0) came.right++
      else came.wrong++
    }
  }
  const ended = run()
  ended.catch(() => undefined)
  return { came, ended }
}

it('of 10,000 files, 1 % of them damaged, the good ones are served and no other', async () => {
  const directory = await temporaryDirectory()
  const blocks = Array.from({ length: FILES }, (_, number) => numberedBlock(number, FILE_BYTES))
  await storeFiles(directory, blocks)
  const damaged = await damageFiles(directory, blocks, DAMAGED, new SeededRandom(SEED))
  const server = await startChild<FileServerCalls>('file-server', { directory, verify: true })
  const fetchers = await Promise.all([1, 2].map(async () => fetcher(await server.call('addresses'))))
  const started = performance.now()
  const fetches = fetchers.map((one) => fetching(one, blocks))
  const took = await timeUntil(
    () => Promise.resolve(fetches.every(({ came }) => came.right === FILES - DAMAGED)),
    30_000
  )
  expect(took).toBeDefined()
  const quarantineMs = await timeUntil(async () => (await server.call('quarantined')) >= DAMAGED, 10_000)
  expect(quarantineMs).toBeDefined()

  // Both asked for every one of them; and the second found no more than the first.
  const names = damaged.map(({ cid }) => cid.toString()).sort()
  expect(await server.call('quarantined')).toBe(DAMAGED)
  expect((await server.call('reported')).sort()).toEqual(names)
  expect((await readdir(join(directory, 'quarantine'))).length).toBe(DAMAGED)
  expect(await server.call('bytesSent')).toBe(2 * (FILES - DAMAGED) * FILE_BYTES)
  for (const { bitswap, server: id } of fetchers) {
    expect(
      bitswap
        .wantlist()
        .map(({ cid }) => cid.toString())
        .sort()
    ).toEqual(names)
    expect(bitswap.stat()).toMatchObject({ blocksReceived: FILES - DAMAGED, unwantedBlocksReceived: 0, faults: 0 })
    expect(bitswap.trust.of(id)).toMatchObject({ mismatches: 0, strikes: 0, score: expect.closeTo(1, 2) as number })
  }

  // One of them gets the blocks from elsewhere: the other has them from it, by way of the server, whose disk is whole again.
  for (const { cid, bytes } of damaged) await fetchers[0]?.bitswap.put(cid, bytes)
  expect(
    await server.call(
      'heal',
      damaged.map(({ cid }) => cid.toString())
    )
  ).toBe(DAMAGED)
  await Promise.all(fetches.map(({ ended }) => ended))
  expect(fetches.map(({ came }) => came)).toEqual([1, 2].map(() => ({ right: FILES, wrong: 0 })))
  expect(await server.call('quarantined')).toBe(DAMAGED)
  report('3', {
    seed: SEED,
    files: FILES,
    damaged: DAMAGED,
    servedMs: took ?? 0,
    blocksPerSecond: (2 * (FILES - DAMAGED) * 1_000) / (took ?? 1),
    allMs: performance.now() - started
  })
})

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
}

/** Serves all of the files once more; MiB a second. */
async function paceOf({ fetcher: { store }, fetcher }: FileServer, blocks: readonly SampleBlock[]): Promise<number> {
  for (const { cid } of blocks) store.delete(cid)
  const started = performance.now()
  const { came, ended } = fetching(fetcher, blocks)
  await ended
  expect(came).toEqual({ right: blocks.length, wrong: 0 })
  return (blocks.length * LARGE_BYTES * 1_000) / MIB / (performance.now() - started)
}

it('of files of 256 KiB, each is hashed once for each time that it is served', async () => {
  const directory = await temporaryDirectory()
  const blocks = Array.from({ length: LARGE_FILES }, (_, number) => numberedBlock(number, LARGE_BYTES))
  await storeFiles(directory, blocks)
  const [on, off] = [await serving(directory, true), await serving(directory, false)]
  const paces: { readonly on: number; readonly off: number }[] = []
  for (let run = 0; run < RUNS; run++) paces.push({ off: await paceOf(off, blocks), on: await paceOf(on, blocks) })
  expect(await on.server.call('hashed')).toBe(RUNS * LARGE_FILES)
  expect(await off.server.call('hashed')).toBe(0)
  // The first runs are to warm up. The pace is a figure and no test: it depends on what else the machine does.
  const warm = paces.slice(2)
  report('3', {
    mibPerSecond: median(warm.map((pace) => pace.on)),
    mibPerSecondUnverified: median(warm.map((pace) => pace.off)),
    lossPercent: median(warm.map((pace) => 100 * (1 - pace.on / pace.off)))
  })
})
