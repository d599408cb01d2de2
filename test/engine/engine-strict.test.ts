import { describe, expect, it } from 'vitest'
import type { PartnerView, Pause, Scheduler, Strategy } from '../../src/engine/strategy.ts'
import { toPeerId } from '../../src/ids.ts'
import { bert, EngineWorld, ernie, want } from '../support/engine-world.ts'

/** Serves nobody until they gave something, or until a time. */
class Toll implements Scheduler, Strategy {
  readonly name = 'toll'
  readonly about = 'serves those who gave'
  readonly source = 'a test'
  readonly told: unknown[] = []
  asked = 0
  untilMs: number

  constructor(untilMs: number) {
    this.untilMs = untilMs
  }

  create(): Scheduler {
    return this
  }

  next(waiting: readonly PartnerView[], now: number): PartnerView | Pause {
    this.asked++
    const next = waiting.find(({ bytesReceived }) => bytesReceived > 0 || now >= this.untilMs)
    return next ?? { untilMs: this.untilMs }
  }

  served({ peer }: PartnerView, bytes: number, now: number): void {
    this.told.push(['served', peer, bytes, now])
  }

  received(peer: string, bytes: number, now: number): void {
    this.told.push(['received', peer, bytes, now])
  }

  left(peer: string): void {
    this.told.push(['left', peer])
  }
}

function asking(untilMs: number, strict: boolean): { toll: Toll; world: EngineWorld } {
  const toll = new Toll(untilMs)
  const world = new EngineWorld({ strict }, toll).connect(ernie, bert).has('a')
  for (const peer of [ernie, bert]) world.wants(peer, want('a'))
  return { toll, world }
}

describe('A strict Engine', () => {
  it('lets all wait when the strategy says so, and asks again at the time it named', async () => {
    const { toll, world } = asking(5_000, true)
    await world.clock.pass(4_999)
    expect([toll.asked, await world.said(ernie), world.engine.stat().waitingPartners]).toEqual([1, [], 2])
    await world.clock.pass(1)
    expect([await world.said(ernie), await world.said(bert)]).toEqual([['block a'], ['block a']])
    expect(toll.told).toEqual([
      ['served', ernie, 2_048, 5_000],
      ['served', bert, 2_048, 5_000]
    ])
  })

  it('asks again when a partner gave something', async () => {
    const { toll, world } = asking(Infinity, true)
    await world.clock.pass(60_000)
    world.ledger.received(bert, 10)
    world.engine.credited(bert, 10)
    expect([await world.said(bert), await world.said(ernie)]).toEqual([['block a'], []])
    expect(toll.told).toEqual([
      ['received', bert, 10, 60_000],
      ['served', bert, 2_048, 60_000]
    ])
  })

  it('tells of partners alone, and of their leaving', async () => {
    const { toll, world } = asking(Infinity, true)
    world.engine.credited(toPeerId('stranger'), 10)
    world.engine.disconnected(bert)
    world.engine.credited(bert, 10)
    await world.clock.settle()
    expect(toll.told).toEqual([['left', bert]])
  })

  it('leaves no timer behind', async () => {
    const { world } = asking(5_000, true)
    await world.clock.settle()
    await world.engine.stop()
    expect(world.clock.timers).toBe(0)
  })
})

describe('An Engine that is not', () => {
  it('serves whoever waits, and does not ask', async () => {
    const { toll, world } = asking(Infinity, false)
    expect([await world.said(ernie), await world.said(bert), toll.asked]).toEqual([['block a'], ['block a'], 0])
  })
})
