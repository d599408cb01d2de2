import { describe, expect, it } from 'vitest'
import { LATER } from '../../src/engine/answers.ts'
import { Lookups, MAX_LOOKUPS, RETRY_MS } from '../../src/engine/lookups.ts'
import type { Partner } from '../../src/engine/partner.ts'
import { Want } from '../../src/engine/want.ts'
import { FakeStore, nameOf, want } from '../support/engine-world.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { newPartner } from '../support/new-partner.ts'

function partnerOf(name: string): Partner {
  return newPartner(name)
}

class Desk {
  readonly store = new FakeStore()
  readonly clock = new ManualClock()
  readonly found: string[] = []
  readonly warned: string[] = []
  readonly lookups: Lookups

  constructor() {
    const logger = {
      debug: () => undefined,
      warn: (message: string) => void this.warned.push(message),
      error: () => undefined
    }
    const found = (partner: Partner, { cid }: Want, size: number | undefined): void =>
      void this.found.push(`${partner.peer}: ${nameOf(cid)} ${size ?? 'missing'}`)
    this.lookups = new Lookups({ blockstore: this.store, clock: this.clock, logger, found })
  }

  look(partner: Partner, name: string): [Want, number | typeof LATER | undefined] {
    const made = new Want(want(name), 0)
    return [made, this.lookups.look(partner, made)]
  }
}

describe('Lookups', () => {
  it('has the answer of a quick store at once', () => {
    const desk = new Desk()
    desk.store.put('a', 7)
    const ernie = partnerOf('ernie')
    expect([desk.look(ernie, 'a')[1], desk.look(ernie, 'b')[1]]).toEqual([7, undefined])
    expect(desk.found).toEqual([])
  })

  it('keeps few under way at a slow store, and lets partners take turns', async () => {
    const desk = new Desk()
    desk.store.isAsync = true
    const [ernie, bert] = [partnerOf('ernie'), partnerOf('bert')]
    for (let i = 0; i < 500; i++) desk.look(ernie, `${i}`)
    desk.look(bert, 'b')
    expect(desk.store.pending).toBe(MAX_LOOKUPS)
    await desk.clock.settle()
    expect([desk.store.maxPending, desk.found.length, desk.lookups.active]).toEqual([MAX_LOOKUPS, 501, 0])
    expect(desk.found.indexOf('bert: b missing')).toBeLessThan(MAX_LOOKUPS + 3)
  })

  it('does not look, or tell, what nobody waits for any more', async () => {
    const desk = new Desk()
    desk.store.isAsync = true
    const [ernie, bert] = [partnerOf('ernie'), partnerOf('bert')]
    const [first] = desk.look(ernie, 'first')
    for (let i = 1; i < MAX_LOOKUPS; i++) desk.look(ernie, `${i}`)
    const [queued] = desk.look(ernie, 'queued')
    desk.look(bert, 'of one who leaves')
    desk.lookups.forget(ernie, first)
    desk.lookups.forget(ernie, queued)
    bert.gone = true
    desk.lookups.forgetPartner(bert)
    await desk.clock.settle()
    expect(desk.found).toHaveLength(MAX_LOOKUPS - 1)
    expect([ernie.toLook.size, bert.toLook.size]).toEqual([0, 0])
  })

  it.each([true, false])(
    'asks a failing store again, and takes no failure for "missing" (by promise: %s)',
    async (isAsync) => {
      const desk = new Desk()
      desk.store.isAsync = isAsync
      desk.store.failing.size = new Error('EIO')
      const ernie = partnerOf('ernie')
      for (const name of ['a', 'b', 'c']) desk.look(ernie, name)
      await desk.clock.settle()
      expect([desk.found, desk.warned.length, ernie.troubled.size]).toEqual([[], 1, 3])
      await desk.clock.pass(RETRY_MS)
      expect([desk.found, desk.warned.length]).toEqual([[], 2])
      desk.store.failing.size = undefined
      desk.store.put('a', 1)
      await desk.clock.pass(RETRY_MS)
      expect(desk.found).toEqual(['ernie: a 1', 'ernie: b missing', 'ernie: c missing'])
      expect([ernie.troubled.size, desk.clock.timers]).toEqual([0, 0])
    }
  )

  it('asks no more once stopped', async () => {
    const desk = new Desk()
    desk.store.failing.size = new Error('EIO')
    desk.look(partnerOf('ernie'), 'a')
    desk.lookups.stop()
    await desk.clock.pass(10 * RETRY_MS)
    expect(desk.store.calls.size).toBe(1)
  })
})
