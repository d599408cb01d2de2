/** Many blocks: walks, wantlists longer than a partner keeps, providers that leave. */
import { createLink, createNode, decode, encode } from '@ipld/dag-pb'
import type { CID } from 'multiformats/cid'
import { expect } from 'vitest'
import { BarterPeer } from '../barter-peer.ts'
import { CODEC_CODES } from '../block-format.ts'
import type { ForeignBlock, ForeignPeer } from '../foreign-peer.ts'
import { until } from '../patience.ts'
import { expectTraded, fetchAll, fresh, meet, type Stage, stock } from '../stage.ts'
import { KIB, type Scenario } from './scenario.ts'

const dag: Scenario = {
  name: 'a DAG of 10,000 blocks, walked from its root',
  run: async (stage) => {
    const { provider, consumer } = await stage.pair()
    const { root, all } = await storeDag(provider)
    expect(all.length).toBe(10_000)
    const right = new Map(all.map(({ cid, bytes }) => [cid.toString(), bytes]))
    let level: readonly CID[] = [root]
    let blocks = 0
    while (level.length > 0) {
      const wanted = level.map((cid) => ({ cid, bytes: right.get(cid.toString()) ?? new Uint8Array() }))
      await fetchAll(consumer, wanted, { atOnce: stage.features.wantsAtOnce })
      blocks += level.length
      level = wanted.flatMap(({ cid, bytes }) => links(cid, bytes))
    }
    expect(blocks).toBe(all.length)
    // Of thousands at once, the others ask again for those that take longer than one alone would.
    await expectTraded(stage, provider, consumer, all, { repeats: stage.role === 'consumes' })
  }
}

/** 1 root, 99 nodes of 100 leaves: 10,000 blocks. */
async function storeDag(provider: ForeignPeer): Promise<{ root: CID; all: readonly ForeignBlock[] }> {
  const leaves = await stock(provider, fresh(9_900, 2 * KIB))
  const nodes: ForeignBlock[] = []
  for (let from = 0; from < leaves.length; from += 100) {
    nodes.push(await storeNode(provider, leaves.slice(from, from + 100)))
  }
  const root = await storeNode(provider, nodes)
  return { root: root.cid, all: [root, ...nodes, ...leaves] }
}

async function storeNode(provider: ForeignPeer, children: readonly ForeignBlock[]): Promise<ForeignBlock> {
  const bytes = encode(
    createNode(
      new Uint8Array(),
      children.map(({ cid }, i) => createLink(String(i), 0, cid))
    )
  )
  return { cid: await provider.put(bytes, { codec: 'dag-pb' }), bytes }
}

function links(cid: CID, bytes: Uint8Array): CID[] {
  return cid.code === CODEC_CODES['dag-pb'] ? decode(bytes).Links.map(({ Hash }) => Hash) : []
}

const manyWants: Scenario = {
  name: '1,500 wants at once, more than a partner keeps',
  fits: ({ role, features }) => role === 'provides' || features.wantsAtOnce >= 1_500,
  run: async (stage) => {
    const { provider, consumer } = await stage.pair()
    const all = await stock(provider, fresh(1_500, 3 * KIB))
    await fetchAll(consumer, all)
    await expectTraded(stage, provider, consumer, all, { repeats: stage.role === 'consumes' })
  }
}

const threeProviders: Scenario = {
  name: 'three providers, of which one leaves in the middle',
  run: async (stage) => {
    const consumer = await stage.consumer()
    const providers = await Promise.all([stage.provider(), stage.provider(), stage.provider()] as const)
    for (const provider of providers) await meet(consumer, provider)
    const bytes = fresh(300, 64 * KIB)
    const [all = []] = await Promise.all(providers.map((provider) => stock(provider, bytes)))
    const [leaver, ...stayers] = providers
    await fetchAll(consumer, all, {
      onBlock: async (count) => {
        if (count === 60) await leaver.stop()
      }
    })
    await expectShares(stage, consumer, stayers, all)
  }
}

/** No partner gave less than the consumer booked; Barter, which forgets no ledger, booked each block once. */
async function expectShares(
  { features }: Stage,
  consumer: ForeignPeer,
  stayers: readonly ForeignPeer[],
  all: readonly ForeignBlock[]
): Promise<void> {
  for (const provider of features.ledger ? stayers : []) {
    const gave = async (): Promise<number> => (await provider.ledgerWith(consumer.id))?.bytesSent ?? 0
    const took = async (): Promise<number> => (await consumer.ledgerWith(provider.id))?.bytesReceived ?? 0
    await until(async () => (await gave()) >= (await took()), 'what came was given')
  }
  if (!(consumer instanceof BarterPeer)) return
  const booked = consumer.bitswap.ledgers().reduce((sum, { bytesReceived }) => sum + bytesReceived, 0)
  expect(booked).toBe(sizeOf(all))
}

const reconnect: Scenario = {
  name: 'they lose each other in the middle, and go on when they meet again',
  run: async (stage) => {
    const { provider, consumer } = await stage.pair()
    const all = await stock(provider, fresh(200, 64 * KIB))
    await fetchAll(consumer, all, {
      onBlock: async (count) => {
        if (count !== 50) return
        await consumer.disconnect(provider.id)
        await meet(consumer, provider)
      }
    })
    // The others forget what they traded with whom when they part. What was on its way then may have been sent twice.
    if (consumer instanceof BarterPeer) {
      expect(consumer.bitswap.ledger(provider.id)).toMatchObject({ bytesReceived: sizeOf(all), bytesSent: 0 })
    } else if (provider instanceof BarterPeer) {
      const gave = (): number => provider.bitswap.ledger(consumer.id)?.bytesSent ?? 0
      await until(() => gave() >= sizeOf(all), 'Barter has booked all')
    }
  }
}

function sizeOf(all: readonly ForeignBlock[]): number {
  return all.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
}

export const CROWDS: readonly Scenario[] = [dag, manyWants, threeProviders, reconnect]
