/** Wants that stand for a while. */
import { expect } from 'vitest'
import { blockOf } from '../../../src/testing/sample-blocks.ts'
import { BarterPeer } from '../barter-peer.ts'
import type { ForeignPeer } from '../foreign-peer.ts'
import { pause, until } from '../patience.ts'
import { expectSame, expectTraded, fetchAll, fresh, only, type Cast, type Stage, stock } from '../stage.ts'
import { KIB, type Scenario } from './scenario.ts'

/** For a program that does not say that a block has come: Barter asks again this soon. */
const ASK_AGAIN = { peers: { dontHaveTtlMs: 50 }, session: { providerSearchDelayMs: 20, maxRetryDelayMs: 500 } }

const lateBlock: Scenario = {
  name: 'a block that is wanted before it exists',
  run: async (stage) => {
    const { provider, consumer } = await stage.pair(stage.features.servesLate ? {} : { barter: ASK_AGAIN })
    const block = blockOf(only(fresh(1, 30_000)))
    const wanted = consumer.get(block.cid)
    await knowsWants(stage, provider, consumer, 1)
    await provider.put(block.bytes)
    expectSame(await wanted, block.bytes)
    await expectTraded(stage, provider, consumer, [block])
  }
}

const abort: Scenario = {
  name: 'a request that is taken back cancels its want',
  fits: (cast) => showsWants(cast) && (cast.role === 'provides' || cast.features.cancels),
  run: async (stage) => {
    const { provider, consumer } = await stage.pair()
    const [kept, dropped] = [blockOf(only(fresh(1, 700))), blockOf(only(fresh(1, 700)))]
    const [keep, drop] = [new AbortController(), new AbortController()]
    const gets = [consumer.get(kept.cid, { signal: keep.signal }), consumer.get(dropped.cid, { signal: drop.signal })]
    const ends = Promise.allSettled(gets)
    await knowsWants(stage, provider, consumer, 2)
    drop.abort()
    await until(async () => (await provider.wantlistOf(consumer.id)).length === 1, 'one want is gone')
    expect((await provider.wantlistOf(consumer.id)).map(String)).toEqual([kept.cid.toString()])
    keep.abort()
    await until(async () => (await provider.wantlistOf(consumer.id)).length === 0, 'no want is left')
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expectTraded(stage, provider, consumer, [])
  }
}

/** Resolves when the provider has got so many wants of the consumer. */
async function knowsWants(stage: Stage, provider: ForeignPeer, consumer: ForeignPeer, count: number): Promise<void> {
  if (showsWants(stage)) {
    await until(async () => (await provider.wantlistOf(consumer.id)).length >= count, `${count} wants stand`)
  } else if (consumer instanceof BarterPeer) {
    await until(() => consumer.bitswap.stat().messagesReceived > 0, 'the provider has answered')
  }
}

function showsWants({ role, features }: Cast): boolean {
  return role === 'consumes' || features.wantlistOf
}

export const WAITING: readonly Scenario[] = [lateBlock, abort]

/** Takes longer than all others together, and nearly no work: it is played beside them. */
export const quietMinute: Scenario = {
  name: 'a minute without a word, then more on the same connection',
  run: async (stage) => {
    const { provider, consumer } = await stage.pair()
    const all = await stock(provider, fresh(40, 5 * KIB))
    await fetchAll(consumer, all.slice(0, 20))
    const before = connections(provider, consumer)
    await pause(61_000)
    await fetchAll(consumer, all.slice(20))
    expect(connections(provider, consumer)).toEqual(before)
    await expectTraded(stage, provider, consumer, all)
  }
}

/** The connections of Barter, whichever it is. */
function connections(...peers: readonly ForeignPeer[]): string[] {
  const barter = peers.find((peer) => peer instanceof BarterPeer)
  return barter?.node.getConnections().map(({ id }) => id) ?? []
}
