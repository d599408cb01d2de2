import { describe, expect, it } from 'vitest'
import type { PartnerView } from '../../src/engine/strategy.ts'
import { toPeerId } from '../../src/ids.ts'
import { LedgerBook } from '../../src/ledger/ledger-book.ts'
import { EngineWorld, ernie, want } from '../support/engine-world.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { newPartner } from '../support/new-partner.ts'
import { weighing } from '../support/weighing.ts'

describe('Partner, as a strategy sees it', () => {
  it('shows its account as it is when it is read', async () => {
    const clock = new ManualClock()
    const ignore = (): void => undefined
    const logger = { debug: ignore, warn: ignore, error: ignore }
    const book = new LedgerBook({ clock, logger }, { maxLedgers: 9, halfLifeMs: 1_000, flushMs: 1_000 })
    const partner: PartnerView = newPartner('ernie', book)
    expect([partner.bytesSent, partner.recentReceived, partner.debtRatio]).toEqual([0, 0, 0])
    book.sent(toPeerId('ernie'), 800)
    book.received(toPeerId('ernie'), 99)
    expect([partner.bytesSent, partner.bytesReceived, partner.debtRatio]).toEqual([800, 99, 8])
    await clock.pass(1_000)
    expect([partner.bytesSent, partner.recentSent, partner.recentReceived]).toEqual([800, 400, 49.5])
  })

  it('shows its queue and what is on its way to it', async () => {
    const seen: object[] = []
    const strategy = weighing((partner) => {
      const { peer, queuedBytes, queuedTasks, nextBlockBytes, oldestWant, inFlightBytes, inFlightTasks } = partner
      if (peer === ernie)
        seen.push({ queuedBytes, queuedTasks, nextBlockBytes, oldestWant, inFlightBytes, inFlightTasks })
      return 1
    })
    const world = new EngineWorld({ strict: true, targetMessageBytes: 1 }, strategy).connect(ernie)
    world.autoWrite = false
    world.store.put('a', 100)
    world.store.put('b', 2_000)
    world.wants(ernie, want('none'), want('a', { priority: 1 }), want('b', { priority: 2 }))
    await world.clock.settle()
    expect(seen).toEqual([
      { queuedBytes: 2_100, queuedTasks: 2, nextBlockBytes: 2_000, oldestWant: 1, inFlightBytes: 0, inFlightTasks: 0 }
    ])
    const [first] = world.take()
    await world.clock.pass(100)
    first?.written()
    await world.clock.settle()
    expect(world.ledger.get(ernie)?.bytesSent).toBe(2_000)
  })
})
