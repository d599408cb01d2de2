import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import type { PeerId } from '../../src/ids.ts'
import { LedgerBook } from '../../src/ledger/ledger-book.ts'
import type { LedgerRecord, LedgerStore } from '../../src/ports.ts'
import { ManualClock } from '../support/manual-clock.ts'

const [ernie, bert, oscar, grover] = ['ernie', 'bert', 'oscar', 'grover'].map(toPeerId) as [
  PeerId,
  PeerId,
  PeerId,
  PeerId
]
const OPTIONS = { maxLedgers: 3, halfLifeMs: 10_000, flushMs: 1_000 }

class FakeLedgerStore implements LedgerStore {
  readonly records = new Map<PeerId, LedgerRecord>()
  failing: Error | undefined
  saves = 0
  /** Called in the middle of a save. */
  meanwhile: () => void = () => undefined

  async *all(): AsyncGenerator<LedgerRecord> {
    await Promise.resolve()
    if (this.failing !== undefined) throw this.failing
    yield* this.records.values()
  }

  async save(records: readonly LedgerRecord[]): Promise<void> {
    this.saves++
    await Promise.resolve()
    this.meanwhile()
    if (this.failing !== undefined) throw this.failing
    for (const record of records) this.records.set(record.peer, record)
  }

  async remove(peers: readonly PeerId[]): Promise<void> {
    await Promise.resolve()
    if (this.failing !== undefined) throw this.failing
    for (const peer of peers) this.records.delete(peer)
  }
}

class Desk {
  readonly clock: ManualClock
  readonly store: FakeLedgerStore
  readonly logged: string[] = []
  readonly book: LedgerBook

  constructor(before?: Desk) {
    this.clock = before?.clock ?? new ManualClock()
    this.store = before?.store ?? new FakeLedgerStore()
    const note = (message: string): void => void this.logged.push(message)
    const logger = { debug: () => undefined, warn: note, error: note }
    this.book = new LedgerBook({ store: this.store, clock: this.clock, logger }, OPTIONS)
  }

  static async started(before?: Desk): Promise<Desk> {
    const desk = new Desk(before)
    await desk.book.start()
    return desk
  }

  peers(): readonly PeerId[] {
    return this.book.all().map(({ peer }) => peer)
  }
}

describe('LedgerBook', () => {
  it('keeps an account for each partner, connected or not', async () => {
    const { book } = await Desk.started()
    book.sent(ernie, 100, 2)
    book.received(bert, 49)
    book.sent(bert, 100)
    book.disconnected(bert)
    expect(book.get(ernie)).toMatchObject({ bytesSent: 100, bytesReceived: 0, exchanges: 2, debtRatio: 100 })
    expect(book.get(bert)).toMatchObject({ bytesSent: 100, bytesReceived: 49, exchanges: 2, debtRatio: 2 })
    expect([book.debtRatio(bert), book.debtRatio(oscar), book.get(oscar)]).toEqual([2, 0, undefined])
    expect(book.all().map(({ peer }) => peer)).toEqual([ernie, bert])
  })

  it('works without a store', async () => {
    const clock = new ManualClock()
    const logger = { debug: () => undefined, warn: expect.unreachable, error: expect.unreachable }
    const book = new LedgerBook({ clock, logger }, OPTIONS)
    await book.start()
    for (const peer of [ernie, bert, oscar, grover]) book.sent(peer, 1)
    await book.stop()
    expect([book.all().length, clock.timers]).toEqual([3, 0])
  })

  it('lets the debt ratio fade', async () => {
    const { book, clock } = await Desk.started()
    book.sent(ernie, 1_000)
    clock.advance(OPTIONS.halfLifeMs)
    expect(book.get(ernie)).toMatchObject({ bytesSent: 1_000, recentSent: 500, debtRatio: 500 })
    expect(book.debtRatio(ernie)).toBe(500)
  })
})

describe('LedgerBook and its store', () => {
  it('writes what changed, together, after a while; and sets no timer when nothing did', async () => {
    const { book, clock, store } = await Desk.started()
    expect(clock.timers).toBe(0)
    for (let i = 0; i < 100; i++) book.sent(ernie, 1)
    book.received(bert, 5)
    expect(store.saves).toBe(0)
    await clock.pass(OPTIONS.flushMs)
    await clock.settle()
    expect([store.saves, store.records.size, clock.timers]).toEqual([1, 2, 0])
    book.sent(bert, 1)
    await clock.pass(OPTIONS.flushMs)
    expect(store.saves).toBe(2)
  })

  it('comes back after a restart, decayed for the time between', async () => {
    const before = await Desk.started()
    before.book.sent(ernie, 1_000, 3)
    before.book.received(ernie, 99)
    await before.book.stop()
    expect(before.store.saves).toBe(1)
    before.clock.advance(OPTIONS.halfLifeMs)
    const after = await Desk.started(before)
    expect(after.book.get(ernie)).toEqual({
      peer: ernie,
      bytesSent: 1_000,
      bytesReceived: 99,
      exchanges: 4,
      recentSent: 500,
      recentReceived: 49.5,
      debtRatio: 500 / 50.5
    })
    expect(after.clock.timers).toBe(0)
  })

  it('goes on where it was when the same book is stopped and started again, as often as that happens', async () => {
    const desk = await Desk.started()
    for (let round = 1; round <= 3; round++) {
      desk.book.sent(ernie, 1_000)
      await desk.book.stop()
      expect(desk.book.get(ernie)).toMatchObject({ bytesSent: round * 1_000, exchanges: round })
      await desk.book.start()
      expect(desk.book.get(ernie)).toMatchObject({ bytesSent: round * 1_000, recentSent: round * 1_000 })
    }
    expect(desk.store.records.get(ernie)).toMatchObject({ bytesSent: 3_000, exchanges: 3 })
  })

  it('keeps what could not be written when it was stopped, and writes it after the next start', async () => {
    const desk = await Desk.started()
    desk.book.sent(ernie, 5)
    desk.store.failing = new Error('ENOSPC')
    await desk.book.stop()
    desk.store.failing = undefined
    await desk.book.start()
    await desk.clock.pass(OPTIONS.flushMs)
    await desk.clock.settle()
    expect([desk.book.get(ernie)?.bytesSent, desk.store.records.get(ernie)?.bytesSent]).toEqual([5, 5])
  })

  it('does not write ledgers with nothing exchanged', async () => {
    const { book, store } = await Desk.started()
    book.connected(ernie)
    expect([book.debtRatio(ernie), book.get(ernie)]).toEqual([0, undefined])
    await book.stop()
    expect(store.saves).toBe(0)
  })

  it('tries again what could not be written, and loses nothing', async () => {
    const { book, clock, store, logged } = await Desk.started()
    store.failing = new Error('ENOSPC')
    book.sent(ernie, 10)
    await clock.pass(OPTIONS.flushMs)
    book.sent(bert, 20)
    await clock.pass(OPTIONS.flushMs)
    expect([store.records.size, logged.length]).toEqual([0, 2])
    store.failing = undefined
    await clock.pass(OPTIONS.flushMs)
    expect([...store.records.values()].map(({ bytesSent }) => bytesSent)).toEqual([10, 20])
    await clock.settle()
    expect(clock.timers).toBe(0)
  })

  it('writes again what changed during a write', async () => {
    const { book, clock, store } = await Desk.started()
    store.meanwhile = () => {
      store.meanwhile = () => undefined
      book.sent(ernie, 5)
    }
    book.sent(ernie, 10)
    await clock.pass(OPTIONS.flushMs)
    await clock.settle()
    expect([store.records.get(ernie)?.bytesSent, clock.timers]).toEqual([10, 1])
    await clock.pass(OPTIONS.flushMs)
    expect(store.records.get(ernie)?.bytesSent).toBe(15)
  })

  it('writes what is left when it stops, also what changes during that', async () => {
    const { book, store, clock } = await Desk.started()
    store.meanwhile = () => {
      store.meanwhile = () => undefined
      book.sent(ernie, 5)
    }
    book.sent(ernie, 10)
    await book.stop()
    expect([store.records.get(ernie)?.bytesSent, clock.timers]).toEqual([15, 0])
  })

  it('says so when the last write fails for good', async () => {
    const { book, store, logged } = await Desk.started()
    store.failing = new Error('EIO')
    book.sent(ernie, 10)
    await book.stop()
    expect(logged.at(-1)).toBe('ledgers could not be saved')
    store.failing = undefined
    expect(await book.flush()).toBe(true)
    expect(store.records.size).toBe(1)
  })

  it('does not start over a store that it cannot read', async () => {
    const desk = new Desk()
    desk.store.failing = new Error('EIO')
    await expect(desk.book.start()).rejects.toThrow('EIO')
  })

  it('leaves out damaged records', async () => {
    const before = await Desk.started()
    before.book.sent(ernie, 10)
    before.book.sent(bert, 10)
    await before.book.stop()
    const record = before.store.records.get(ernie)
    if (record !== undefined) before.store.records.set(ernie, { ...record, bytesSent: Number.NaN })
    const after = await Desk.started(before)
    expect([after.peers(), after.logged.length]).toEqual([[bert], 1])
  })
})

describe('LedgerBook, bounded', () => {
  it('forgets the least recently used, in memory and in the store', async () => {
    const desk = await Desk.started()
    for (const peer of [ernie, bert, oscar, ernie]) desk.book.sent(peer, 1)
    await desk.clock.pass(OPTIONS.flushMs)
    desk.book.sent(grover, 1)
    expect(desk.peers()).toEqual([oscar, ernie, grover])
    await desk.clock.pass(OPTIONS.flushMs)
    expect([...desk.store.records.keys()].toSorted()).toEqual([ernie, grover, oscar])
  })

  it('forgets connected partners last', async () => {
    const desk = await Desk.started()
    for (const peer of [ernie, bert, oscar]) desk.book.sent(peer, 1)
    for (const peer of [ernie, bert, grover]) desk.book.connected(peer)
    desk.book.sent(grover, 1)
    expect(desk.peers().toSorted()).toEqual([bert, ernie, grover])
    desk.book.connected(oscar)
    desk.book.sent(oscar, 1)
    expect(desk.peers()).toHaveLength(OPTIONS.maxLedgers)
    desk.book.disconnected(grover)
    expect(desk.peers()).toContain(oscar)
  })

  it('takes a forgotten partner up again as a new one', async () => {
    const desk = await Desk.started()
    for (const peer of [ernie, bert, oscar, grover]) desk.book.sent(peer, 7)
    desk.book.sent(ernie, 1)
    await desk.book.stop()
    expect(desk.book.get(ernie)?.bytesSent).toBe(1)
    expect(desk.store.records.get(ernie)?.bytesSent).toBe(1)
    expect(desk.store.records.has(bert)).toBe(false)
  })

  it('restores the newest, and drops the others from the store', async () => {
    const before = await Desk.started()
    for (const [index, peer] of [ernie, bert, oscar, grover].entries()) {
      before.store.records.set(peer, {
        peer,
        bytesSent: index,
        bytesReceived: 0,
        exchanges: 1,
        recentSent: 0,
        recentReceived: 0,
        updatedAt: 100 - index
      })
    }
    const after = await Desk.started(before)
    expect(after.peers()).toEqual([oscar, bert, ernie])
    expect(after.store.records.has(grover)).toBe(false)
  })

  it('does not let removals pile up while the store fails', async () => {
    const desk = await Desk.started()
    desk.store.failing = new Error('EIO')
    for (let i = 0; i < 100; i++) desk.book.sent(toPeerId(`${i}`), 1)
    await desk.clock.pass(OPTIONS.flushMs)
    desk.store.failing = undefined
    await desk.book.stop()
    expect([...desk.store.records.keys()]).toEqual(desk.peers())
  })
})
