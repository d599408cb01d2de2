import { describe, expect, it } from 'vitest'
import { InvalidParametersError } from '../../src/errors.ts'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'
import type { TrustRecord, TrustStore } from '../../src/ports.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { trustBook, type TestTrust } from '../support/trust.ts'

const ALICE = toPeerId('alice')
const BOB = toPeerId('bob')
const MINUTE_MS = 60_000
const { halfLifeMs, flushMs } = DEFAULT_OPTIONS.trust

class MemoryTrust implements TrustStore {
  readonly records = new Map<PeerId, TrustRecord>()

  async *all(): AsyncGenerator<TrustRecord> {
    await Promise.resolve()
    yield* this.records.values()
  }

  save(records: readonly TrustRecord[]): Promise<void> {
    for (const record of records) this.records.set(record.peer, record)
    return Promise.resolve()
  }

  remove(peers: readonly PeerId[]): Promise<void> {
    for (const peer of peers) this.records.delete(peer)
    return Promise.resolve()
  }
}

/** As if somebody had set the clock back by decades. */
class EarlierClock extends ManualClock {
  override epochMs(): number {
    return 1_000 + this.now()
  }
}

async function startedBook(clock = new ManualClock(), test: TestTrust = {}) {
  const changes: PeerId[] = []
  const book = trustBook(clock, { changed: (peer) => void changes.push(peer), ...test })
  await book.start()
  return { clock, book, changes }
}

describe('TrustBook', () => {
  it('knows nothing of strangers, and thinks neither well nor ill of them', async () => {
    const { book } = await startedBook()
    expect([book.of(ALICE), book.score(ALICE), book.worth(ALICE), book.isBanned(ALICE)]).toEqual([
      undefined,
      0.5,
      0,
      false
    ])
  })

  it('shows what a peer did, how fast it is, and what was exchanged', async () => {
    const accounts = new Map([
      [ALICE, { bytesSent: 10, bytesReceived: 20, recentReceived: 16 * 1024 * 1024, debtRatio: 0.4 }]
    ])
    const measures = new Map([[ALICE, { latencyMs: 12, bytesPerSecond: 1_000 }]])
    const { book } = await startedBook(undefined, { accounts, measures })
    for (let i = 0; i < 10; i++) book.delivered(ALICE)
    book.broke(ALICE)
    expect(book.of(ALICE)).toEqual({
      peer: ALICE,
      score: 11 / 16,
      delivered: 10,
      brokenPromises: 1,
      mismatches: 0,
      latencyMs: 12,
      bytesPerSecond: 1_000,
      bytesSent: 10,
      bytesReceived: 20,
      debtRatio: 0.4,
      worth: 35,
      strikes: 0,
      banned: undefined
    })
    expect(book.all().map(({ peer }) => peer)).toEqual([ALICE])
  })

  it('forged blocks and broken rules count together: the third bans, and that is told once', async () => {
    const { book, changes } = await startedBook()
    book.mismatched(ALICE)
    book.struck(ALICE, 'a message too long')
    expect([book.isBanned(ALICE), changes]).toEqual([false, []])
    book.struck(ALICE, 'a message too long')
    book.struck(ALICE, 'a message too long')
    expect([book.isBanned(ALICE), book.isBanned(BOB), changes]).toEqual([true, false, [ALICE]])
    expect(book.of(ALICE)?.banned).toEqual({ reason: 'a message too long', leftMs: 15 * MINUTE_MS })
  })

  it('bans and unbans by hand', async () => {
    const { book, changes, clock } = await startedBook()
    book.ban(ALICE, { forMs: 1_000, reason: 'we fell out' })
    expect(book.of(ALICE)?.banned).toEqual({ reason: 'we fell out', leftMs: 1_000 })
    expect([book.unban(ALICE), book.unban(ALICE), book.isBanned(ALICE)]).toEqual([true, false, false])
    expect(changes).toEqual([ALICE, ALICE])
    book.ban(ALICE)
    book.ban(BOB, { forMs: 2_000 })
    expect([...book.bannedPeers()].sort()).toEqual([ALICE, BOB])
    clock.advance(2_000)
    expect(book.bannedPeers()).toEqual([ALICE])
    clock.advance(15 * MINUTE_MS)
    expect([book.isBanned(ALICE), book.bannedPeers()]).toEqual([false, []])
  })

  it('forgets by halves', async () => {
    const { book, clock } = await startedBook()
    for (let i = 0; i < 8; i++) book.delivered(ALICE)
    book.broke(ALICE)
    clock.advance(halfLifeMs)
    expect(book.of(ALICE)).toMatchObject({ delivered: 4, brokenPromises: 0.5 })
    book.delivered(ALICE)
    expect(book.of(ALICE)?.delivered).toBe(5)
  })

  it('is bounded; strangers make way before connected and banned peers', async () => {
    const store = new MemoryTrust()
    const { book, clock } = await startedBook(undefined, { store, options: { maxPeers: 8 } })
    book.connected(ALICE)
    book.delivered(ALICE)
    book.ban(BOB)
    for (let i = 0; i < 100; i++) book.delivered(toPeerId(`stranger ${i}`))
    expect(book.all().map(({ peer }) => peer)).toEqual([
      ALICE,
      BOB,
      ...Array.from({ length: 6 }, (_, i) => `stranger ${94 + i}`)
    ])
    clock.advance(flushMs)
    await clock.settle()
    expect(store.records.size).toBe(8)
    for (let i = 0; i < 20; i++) book.ban(toPeerId(`liar ${i}`))
    expect(book.all()).toHaveLength(8)
  })

  it('of those that left, whoever left last is the last to be forgotten, however long ago it came', async () => {
    const { book } = await startedBook(undefined, { options: { maxPeers: 4 } })
    book.connected(ALICE)
    book.delivered(ALICE)
    for (let i = 0; i < 3; i++) book.delivered(toPeerId(`stranger ${i}`))
    book.disconnected(ALICE)
    for (let i = 3; i < 6; i++) book.delivered(toPeerId(`stranger ${i}`))
    expect(book.of(ALICE)?.delivered).toBe(1)
    book.delivered(toPeerId('one more'))
    expect(book.of(ALICE)).toBeUndefined()
  })

  it.each([0, -1, NaN, Infinity])('does not ban for %d ms', async (forMs) => {
    const { book } = await startedBook()
    expect(() => book.ban(ALICE, { forMs })).toThrow(InvalidParametersError)
    expect(book.of(ALICE)).toBeUndefined()
  })

  it('a ban by hand may be longer than any other, and a restart does not shorten it', async () => {
    const store = new MemoryTrust()
    const { book, clock } = await startedBook(undefined, { store })
    book.ban(ALICE, { forMs: 30 * 24 * 60 * MINUTE_MS })
    await book.stop()
    clock.advance(MINUTE_MS)
    const later = await startedBook(clock, { store })
    expect(later.book.of(ALICE)?.banned?.leftMs).toBe((30 * 24 * 60 - 1) * MINUTE_MS)
  })

  it('survives a restart: deeds, decayed; pace; and what is left of a ban', async () => {
    const store = new MemoryTrust()
    const measures = new Map([[ALICE, { latencyMs: 12, bytesPerSecond: 1_000 }]])
    const { book, clock } = await startedBook(undefined, { store, measures })
    book.connected(ALICE)
    for (let i = 0; i < 8; i++) book.delivered(ALICE)
    book.disconnected(ALICE)
    book.ban(BOB, { reason: 'we fell out' })
    await book.stop()
    clock.advance(5 * MINUTE_MS)
    const later = await startedBook(clock, { store })
    expect(later.book.of(ALICE)).toMatchObject({ latencyMs: 12, bytesPerSecond: 1_000 })
    expect(later.book.of(ALICE)?.delivered).toBeCloseTo(8, 1)
    expect(later.book.pastMeasure(ALICE)?.latencyMs).toBe(12)
    expect(later.book.of(BOB)?.banned).toEqual({ reason: 'we fell out', leftMs: 10 * MINUTE_MS })
    await later.book.stop()
    await later.book.start()
    expect(later.book.of(ALICE)?.delivered).toBeCloseTo(8, 1)
  })

  it('a clock that was set makes no ban longer than it was', async () => {
    const store = new MemoryTrust()
    const { book } = await startedBook(undefined, { store })
    book.ban(BOB)
    await book.stop()
    expect((await startedBook(new EarlierClock(), { store })).book.of(BOB)?.banned?.leftMs).toBe(15 * MINUTE_MS)
  })

  it('leaves out what makes no sense', async () => {
    const store = new MemoryTrust()
    const first = await startedBook(undefined, { store })
    first.book.delivered(ALICE)
    first.book.delivered(BOB)
    await first.book.stop()
    const record = store.records.get(BOB)
    if (record !== undefined) store.records.set(BOB, { ...record, delivered: -5 })
    const { book } = await startedBook(first.clock, { store })
    expect(book.all().map(({ peer }) => peer)).toEqual([ALICE])
  })
})
