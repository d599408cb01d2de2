import { expect, test } from 'vitest'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { throughCodec } from '../../../src/simulation/wire.ts'
import { ClientSwarm } from './client-swarm.ts'

/** As UnixFS writes a file of 4 MiB: 16 leaves of 256 KiB and 14 bytes of frame, and a root with 16 links. */
const LEAVES = Array.from({ length: 16 }, (_, number) => numberedBlock(number, 262_158))
const ROOT = numberedBlock(16, 809)

/** The engine of go-bitswap: small messages, and the block itself for a want-have of up to 1 KiB. */
const ENGINE = { targetMessageBytes: 16 * 1024, replaceHaveBytes: 1_024 }

/** Testground's bandwidth "1024" counts 2^20 bits. */
const LINK = { latencyMs: 5, bytesPerSecond: (1_024 * 2 ** 20) / 8, windowBytes: 8 * 1024 * 1024 }

async function run(seeds: number): Promise<Record<string, unknown>> {
  const swarm = new ClientSwarm({ link: LINK, wire: throughCodec })
  const world = await swarm.star('boxo', seeds, { options: { engine: ENGINE } })
  for (const seed of world.seeds) await seed.has([ROOT, ...LEAVES])
  const session = world.leech.bitswap.createSession()
  const fetch = async (): Promise<number> => {
    await session.get(ROOT.cid)
    let count = 0
    for await (const { bytes } of session.getMany(LEAVES.map(({ cid }) => cid)))
      count += Number(bytes.length === 262_158)
    return count
  }
  expect(await swarm.clock.until(fetch(), 60_000)).toBe(16)
  await swarm.clock.advance(1_000)
  const { blocksReceived, dataReceived, dupBlocksReceived, messagesReceived } = world.leech.bitswap.stat()
  const counts = {
    blocks: blocksReceived,
    bytes: dataReceived,
    duplicates: dupBlocksReceived,
    messages: messagesReceived,
    blocksOfSeeds: world.seeds.map((seed) => seed.bitswap.stat().blocksSent),
    messagesToSeeds: world.seeds.map((seed) => seed.bitswap.stat().messagesReceived)
  }
  session.close()
  await swarm.stop(world.leech, ...world.seeds)
  return counts
}

/**
 * The published runs of go-bitswap (dgrisham/testground-tests, July 2020): the root is asked of everybody, and so small that
 * everybody answers with it. The first seed to do so is the only one that the session then knows, and serves all leaves.
 */
test('one seed sends 17 blocks of 4,195,337 bytes', async () => {
  expect(await run(1)).toEqual({
    blocks: 17,
    bytes: 4_195_337,
    duplicates: 0,
    messages: 17,
    blocksOfSeeds: [17],
    messagesToSeeds: [19]
  })
})

test('of three seeds one sends 17 blocks, and each other one the root', async () => {
  expect(await run(3)).toEqual({
    blocks: 19,
    bytes: 4_196_955,
    duplicates: 2,
    messages: 19,
    blocksOfSeeds: [17, 1, 1],
    messagesToSeeds: [19, 2, 2]
  })
})
