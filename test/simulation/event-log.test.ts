import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { cidKey, toPeerId } from '../../src/ids.ts'
import { createMessage, type Message, type WantType } from '../../src/message/message.ts'
import { createEventLog, type EventRecord } from '../../src/simulation/event-log.ts'
import { createFile, createList } from '../../src/simulation/virtual-content.ts'
import { byReference, throughCodec, type Wire } from '../../src/simulation/wire.ts'
import { fullMessage, messageOfBlocks, sampleCid } from '../../src/testing/sample-messages.ts'
import { Crowd } from './crowd.ts'

const [ALICE, BOB] = [toPeerId('alice'), toPeerId('bob')]

/**
 * What one small world comes to on every machine. It changes with any change in what peers say to each other: then look at
 * why, and write down the new one.
 */
const GOLDEN = '469e2e1ad94615014f90edf401d5044fb375fddb7675535793e8c6a019e32a53'

async function smallWorld(seed: number, wire: Wire): Promise<{ digest: string; events: number }> {
  const events = createEventLog()
  const crowd = new Crowd({
    network: { wire, events, link: { latencyMs: 20, bytesPerSecond: 10_000_000 } },
    join: { uploadBytesPerSecond: 2_000_000 }
  })
  await crowd.add(20)
  await crowd.connect(5, seed)
  await crowd.fetch(createFile({ bytes: 1_000_000, chunk: 50_000, index: seed }), 2)
  return { digest: events.digest(), events: events.events }
}

async function meshOfTinyBlocks(seed: number, wire: Wire): Promise<{ digest: string; events: number }> {
  const events = createEventLog()
  const crowd = new Crowd({ network: { wire, events, link: { latencyMs: 3.7 } } })
  await crowd.add(8)
  await crowd.connect(7, seed)
  await crowd.fetch(createList({ sizes: [800, ...new Array<number>(60 + seed).fill(900)] }))
  return { digest: events.digest(), events: events.events }
}

describe('the event log', () => {
  it('counts what a message holds', () => {
    const kept: EventRecord[] = []
    const log = createEventLog({ keep: (record) => kept.push(record) })
    log.record(5, ALICE, BOB, fullMessage(), 77)
    log.record(6, BOB, ALICE, messageOfBlocks(10, 20), 99)
    const none = { wantBlocks: 0, wantHaves: 0, cancels: 0, haves: 0, dontHaves: 0, pendingBytes: 0 }
    expect(kept).toEqual([
      {
        ...none,
        atMicros: 5,
        from: ALICE,
        to: BOB,
        bytes: 77,
        full: true,
        wantBlocks: 1,
        cancels: 1,
        haves: 1,
        blocks: 1,
        blockBytes: 3,
        pendingBytes: 12
      },
      { ...none, atMicros: 6, from: BOB, to: ALICE, bytes: 99, full: false, blocks: 2, blockBytes: 30 }
    ])
    expect(log.events).toBe(2)
  })

  it('differs when anything differs', () => {
    const digests = [
      [1, ALICE, BOB, 10],
      [2 ** 40, ALICE, BOB, 10],
      [1, BOB, ALICE, 10],
      [1, ALICE, BOB, 11]
    ] as const
    const seen = digests.map(([at, from, to, bytes]) => {
      const log = createEventLog()
      log.record(at, from, to, createMessage({}), bytes)
      const digest = log.digest()
      expect(log.digest()).toBe(digest)
      return digest
    })
    expect(new Set(seen).size).toBe(4)
  })

  it('differs when messages differ in what they are about alone', () => {
    const [cid, other] = [sampleCid('one'), sampleCid('two')]
    const entry = (of: CID) => ({ cid: of, key: cidKey(of) })
    const want = (of: CID, type: WantType) => ({ ...entry(of), type, priority: 1, sendDontHave: true })
    const block = (first: number) => ({ prefix: Uint8Array.of(1, 0x55, 0x12, 32), bytes: Uint8Array.of(first, 2, 3) })
    const digestOf = (parts: Partial<Message>): string => {
      const log = createEventLog()
      log.record(1, ALICE, BOB, createMessage(parts), 100)
      return log.digest()
    }
    const pairs: readonly (readonly [Partial<Message>, Partial<Message>])[] = [
      [{ wants: [want(cid, 'block')] }, { wants: [want(other, 'block')] }],
      [{ wants: [want(cid, 'block'), want(other, 'have')] }, { wants: [want(cid, 'have'), want(other, 'block')] }],
      [{ cancels: [entry(cid)] }, { cancels: [entry(other)] }],
      [{ presences: [{ ...entry(cid), have: true }] }, { presences: [{ ...entry(other), have: true }] }],
      [{ blocks: [block(1)] }, { blocks: [block(9)] }]
    ]
    for (const [one, two] of pairs) {
      expect(digestOf(one)).not.toBe(digestOf(two))
      expect(digestOf(one)).toBe(digestOf({ ...one }))
    }
  })

  it('goes on through many chunks', () => {
    const play = (count: number): string => {
      const log = createEventLog()
      for (let i = 0; i < count; i++) log.record(i, ALICE, BOB, createMessage({}), i)
      return log.digest()
    }
    expect(play(5_000)).toBe(play(5_000))
    expect(play(5_000)).not.toBe(play(5_001))
  })
})

describe.each([
  ['twenty peers fetch a file', smallWorld],
  ['eight peers fetch tiny blocks', meshOfTinyBlocks]
])('a world where %s', (_, world) => {
  it.each([1, 2, 3])('has one log in both wire modes, and again, with seed %i', async (seed) => {
    const first = await world(seed, byReference)
    expect(await world(seed, throughCodec)).toEqual(first)
    expect(await world(seed, byReference)).toEqual(first)
    expect(await world(seed + 10, byReference)).not.toEqual(first)
  })
})

describe('the golden log', () => {
  it('is the same on every machine', async () => {
    expect((await smallWorld(1, byReference)).digest).toBe(GOLDEN)
  })
})
