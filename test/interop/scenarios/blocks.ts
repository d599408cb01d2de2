/** Single blocks, of every kind there is. */
import { MAX_BLOCK_BYTES } from '../../../src/message/limits.ts'
import { BarterPeer } from '../barter-peer.ts'
import type { BlockFormat, ForeignBlock } from '../foreign-peer.ts'
import { expectSame, expectTraded, fresh, only, type Pair, type Stage, stock } from '../stage.ts'
import { KIB, MIB, type Scenario } from './scenario.ts'

const oneBlock: Scenario = {
  name: 'one block',
  run: async (stage) => await tradeOne(stage, 10_000)
}

const blockOf2MiB: Scenario = {
  name: 'a block of 2 MiB, the largest that all must carry',
  run: async (stage) => await tradeOne(stage, 2 * MIB)
}

const largestBlock: Scenario = {
  name: 'the largest block that a message of 4 MiB carries',
  run: async (stage) => {
    const { largestBlock } = stage.features
    await tradeOne(stage, stage.role === 'consumes' ? MAX_BLOCK_BYTES : Math.min(MAX_BLOCK_BYTES, largestBlock))
  }
}

const emptyBlock: Scenario = {
  name: 'the block of no bytes',
  run: async (stage) => {
    const { provider, consumer } = await stage.pair()
    const block = only(await stock(provider, fresh(1, 0)))
    expectSame(await consumer.get(block.cid), block.bytes)
    // Barter knows it without asking: Boxo and Kubo take a size of nothing for absence, and would not give it.
    await expectTraded(stage, provider, consumer, consumer instanceof BarterPeer ? [] : [block])
  }
}

async function tradeOne(stage: Stage, size: number): Promise<void> {
  const { provider, consumer } = await stage.pair()
  const block = only(await stock(provider, fresh(1, size)))
  expectSame(await consumer.get(block.cid), block.bytes)
  await expectTraded(stage, provider, consumer, [block])
}

const VERSION_0: BlockFormat = { version: 0, codec: 'dag-pb', hash: 'sha2-256' }

const everyFormat: Scenario = {
  name: 'CIDs of every version, codec and hash function',
  run: async (stage) => {
    const pair = await stage.pair()
    const { codecs, hashes } = stage.features
    const formats = hashes
      .filter((hash) => hash !== 'identity')
      .flatMap((hash) => codecs.map((codec): BlockFormat => ({ version: 1, codec, hash })))
    const traded: ForeignBlock[] = []
    for (const format of [VERSION_0, ...formats]) traded.push(await tradeAs(pair, format))
    await expectTraded(stage, pair.provider, pair.consumer, traded)
  }
}

/** Both ends make the same CID of the same bytes, and the block arrives under it. */
async function tradeAs({ provider, consumer }: Pair, format: BlockFormat): Promise<ForeignBlock> {
  const bytes = only(fresh(1, 2 * KIB))
  const cid = await provider.put(bytes, format)
  expectSame(await consumer.get(cid), bytes)
  expectSame((await consumer.put(bytes, format)).bytes, cid.bytes)
  return { cid, bytes }
}

const identity: Scenario = {
  name: 'an identity CID, which is answered by itself',
  fits: ({ features }) => features.hashes.includes('identity'),
  run: async (stage) => {
    const { provider, consumer } = await stage.pair()
    const bytes = only(fresh(1, 60))
    const cid = await provider.put(bytes, { hash: 'identity' })
    expectSame(await consumer.get(cid), bytes)
    // Nothing was asked: what is traded next is all that the ledgers know.
    const block = only(await stock(provider, fresh(1, 500)))
    expectSame(await consumer.get(block.cid), block.bytes)
    await expectTraded(stage, provider, consumer, [block])
  }
}

export const BLOCKS: readonly Scenario[] = [oneBlock, blockOf2MiB, largestBlock, emptyBlock, everyFormat, identity]
