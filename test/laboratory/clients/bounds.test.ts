import type { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import { cidKey, toPeerId, type CidKey, type PeerId } from '../../../src/ids.ts'
import { Searches } from '../../../src/laboratory/clients/base/searches.ts'
import { WantRegistry } from '../../../src/laboratory/clients/base/want-registry.ts'
import { DontHaveTimeouts } from '../../../src/laboratory/clients/boxo/dont-have-timeouts.ts'
import { HitHistory } from '../../../src/laboratory/clients/boxo/hit-history.ts'
import { IdleTimer } from '../../../src/laboratory/clients/boxo/idle-timer.ts'
import { ResponseTracker } from '../../../src/laboratory/clients/boxo/response-tracker.ts'
import { RelayStore } from '../../../src/laboratory/clients/relay/relay-store.ts'
import { createMessage } from '../../../src/message/message.ts'
import { SeededRandom } from '../../../src/simulation/seeded-random.ts'
import { toBlockstorePort } from '../../../src/storage/blockstore-port.ts'
import { MemoryBlockstore } from '../../../src/storage/memory-blockstore.ts'
import { cid, key } from '../../support/names.ts'
import { blocks } from '../../support/swarm.ts'

const ALICE = toPeerId('alice')
const BOB = toPeerId('bob')
const CAROL = toPeerId('carol')

function wanted(registry: WantRegistry, peer: PeerId, wantKeys: readonly CidKey[]): void {
  const one = cid('any')
  const wants = wantKeys.map((of) => ({ cid: one, key: of, type: 'have', priority: 1, sendDontHave: true }) as const)
  registry.received(peer, createMessage({ wants }))
}

test('the register keeps so many wanters of a block, newest first, and so many blocks', () => {
  const registry = new WantRegistry(2)
  for (const peer of [ALICE, BOB, ALICE, CAROL]) wanted(registry, peer, [key('old')])
  expect(registry.wanters(key('old'), 5)).toEqual([CAROL, ALICE])
  expect(registry.wanters(key('old'), 1)).toEqual([CAROL])
  // Keys are text: numbers will do, and 65,536 multihashes would take a while.
  wanted(
    registry,
    BOB,
    Array.from({ length: 65_535 }, (_, number) => `k${number}` as CidKey)
  )
  expect(registry.wanters(key('old'), 5)).toHaveLength(2)
  wanted(registry, BOB, [key('new')])
  expect(registry.wanters(key('old'), 5)).toEqual([])
})

test('a session takes part in so many searches, and leaves the oldest for another one', () => {
  const open = new Set<string>()
  const seek = (of: CID): (() => void) => {
    open.add(of.toString())
    return () => void open.delete(of.toString())
  }
  const searches = new Searches({ seek })
  for (let number = 0; number < 20; number++) searches.join(cid(`s${number}`), key(`s${number}`), () => undefined)
  expect(open.size).toBe(12)
  expect(open.has(cid('s19').toString())).toBe(true)
  expect(open.has(cid('s0').toString())).toBe(false)
  searches.close()
  expect(open.size).toBe(0)
})

test('the history of hits forgets what is old, and keeps so many', () => {
  const history = new HitHistory(1_000)
  for (let ms = 0; ms < 10_000; ms++) history.add({ peer: ALICE, latencyMs: ms % 100, now: 5_000 })
  expect(history.counts(5_000).get(ALICE)).toBeLessThanOrEqual(2 * 4_096)
  expect(history.latencyMs(0.75, 5_000)).toBeGreaterThanOrEqual(70)
  expect(history.latencyMs(0.75, 5_000)).toBeLessThanOrEqual(80)
  history.add({ peer: BOB, latencyMs: 7, now: 6_500 })
  expect([...history.counts(6_500)]).toEqual([[BOB, 1]])
  expect(history.latencyMs(0.75, 60_000)).toBeUndefined()
})

test('peers are chosen in proportion to how often they were first, plus one', () => {
  const tracker = new ResponseTracker(new SeededRandom(5))
  for (let count = 0; count < 8; count++) tracker.delivered(ALICE)
  const share = (): number => {
    let alice = 0
    for (let draw = 0; draw < 10_000; draw++) if (tracker.choose([ALICE, BOB]) === ALICE) alice++
    return alice / 10_000
  }
  expect(share()).toBeCloseTo(0.9, 1)
  tracker.left(ALICE)
  expect(share()).toBeCloseTo(0.5, 1)
  expect(tracker.choose([])).toBeUndefined()
})

test('silence counts as dont-have by the round trip at first, then by how long answers take', () => {
  const timeouts = new DontHaveTimeouts()
  timeouts.asked(ALICE, key('a'), true, 0, undefined)
  expect(timeouts.nextAt()).toBe(5_000)
  timeouts.asked(BOB, key('a'), true, 0, 100)
  expect(timeouts.nextAt()).toBe(2_300)
  timeouts.answered(BOB, key('a'), 200)
  // Answered with a "dont-have": under watch until the want ends, and now twice the average is its time.
  expect(timeouts.nextAt()).toBe(400)
  timeouts.asked(BOB, key('b'), true, 1_000, 100)
  timeouts.answered(BOB, key('b'), 1_010)
  expect(timeouts.takeExpired(300)).toEqual([[BOB, key('a')]])
  timeouts.ended(key('b'))
  expect(timeouts.nextAt()).toBe(5_000)
  expect(timeouts.takeUnanswered(30_000, 30_000)).toEqual([[ALICE, key('a')]])
  expect(timeouts.takeUnanswered(30_000, 30_001)).toEqual([])
  timeouts.left(ALICE)
  expect(timeouts.nextAt()).toBe(Infinity)
})

test('an idle session asks again after a fixed delay, then by its latency, and less and less often', () => {
  const idle = new IdleTimer(() => 1_000)
  idle.start(0)
  expect(idle.at).toBe(1_000)
  idle.ticked(1_000)
  expect(idle.at).toBe(2_000)
  idle.ticked(2_000)
  expect(idle.at).toBe(4_000)
  idle.arrived(100)
  idle.start(5_000)
  expect([idle.at, idle.ticks]).toEqual([5_800, 0])
  const hasty = new IdleTimer(() => 0)
  hasty.start(0)
  hasty.ticked(0)
  expect(hasty.at).toBe(500)
})

test('a relay that keeps nothing serves what it passes on until it is dropped', async () => {
  const own = new MemoryBlockstore()
  const [foreign, mine] = blocks(2, 100)
  if (foreign === undefined || mine === undefined) throw new Error('two')
  const store = new RelayStore(toBlockstorePort(own), (of) => of === cidKey(foreign.cid))
  await store.put(foreign.cid, foreign.bytes)
  await store.put(mine.cid, mine.bytes)
  expect([store.foreign, own.has(foreign.cid), own.has(mine.cid)]).toEqual([1, false, true])
  expect(await store.size(foreign.cid)).toBe(100)
  expect(await store.get(foreign.cid)).toEqual(foreign.bytes)
  store.drop(cidKey(foreign.cid))
  expect([store.foreign, await store.get(foreign.cid)]).toEqual([0, undefined])
  expect(await store.get(mine.cid)).toEqual(mine.bytes)
})
