import { describe, expect, it } from 'vitest'
import { STRATEGIES } from '../../../src/engine/strategies/by-name.ts'
import type { PartnerView, Scheduler, Strategy, StrategyWorld } from '../../../src/engine/strategy.ts'
import { checkStrategy, complaintsAbout } from '../../../src/laboratory/strategy-kit/check-strategy.ts'
import { SEED } from '../../support/seed.ts'

/** A strategy that is sound but for what the test says. */
function strategy(create: (world: StrategyWorld) => Scheduler, words: Partial<Strategy> = {}): Strategy {
  return { name: 'of-a-test', about: 'a test', source: 'a test', ...words, create }
}

function rules(of: Strategy): readonly string[] {
  return complaintsAbout(of).map(({ rule }) => rule)
}

const first = (waiting: readonly PartnerView[]): PartnerView => {
  const [partner] = waiting
  if (partner === undefined) throw new Error('nobody waits')
  return partner
}

describe('the kit, with the strategies of the catalogue', () => {
  it.each(STRATEGIES.map((kind) => [kind.name, kind] as const))('finds nothing wrong with %s', (_, kind) => {
    checkStrategy(kind.with(), { seed: SEED })
  })

  it('finds that those that state a reason need it', () => {
    const silent = STRATEGIES.filter(({ refuses }) => refuses !== undefined).map((kind) => {
      const { name, about, source, ...strategy } = kind.with()
      return [name, rules({ name, about, source, create: (world) => strategy.create(world) })] as const
    })
    expect(silent.length).toBeGreaterThan(5)
    for (const [name, broken] of silent) expect([name, broken.length > 0]).toEqual([name, true])
  })
})

describe('the kit, with broken strategies', () => {
  it('finds one that is sound', () => {
    checkStrategy(strategy(() => ({ next: first })))
  })

  it('finds a choice that does not wait', () => {
    let old: PartnerView | undefined
    const next = (waiting: readonly PartnerView[]): PartnerView => (old ??= first(waiting))
    expect(rules(strategy(() => ({ next })))).toEqual(['chooses'])
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a copy', { peer: 'peer-1' }],
    ['a pause without end in sight', { untilMs: Number.NaN }],
    ['a pause that is over', { untilMs: 0 }]
  ])('finds an answer that is none: %s', (_, answer) => {
    const next = (): PartnerView => answer as PartnerView
    expect(rules(strategy(() => ({ next }), { refuses: 'it does' }))).toEqual(['chooses'])
  })

  it('finds one that throws, when it is asked or told', () => {
    const fail = (): never => {
      throw new Error('out of order')
    }
    for (const broken of [{ next: fail }, { next: first, served: fail }, { next: first, received: fail }]) {
      expect(() => checkStrategy(strategy(() => broken))).toThrow('chooses: it fails: out of order')
    }
  })

  it('finds one that changes the list it is shown', () => {
    const next = (waiting: readonly PartnerView[]): PartnerView => first((waiting as PartnerView[]).reverse())
    expect(rules(strategy(() => ({ next })))).toEqual(['chooses'])
  })

  it('finds one that serves nobody on a free uplink, unless it says why', () => {
    const lazy = (): Scheduler => {
      let asked = 0
      return { next: (waiting, now) => (++asked % 50 === 0 ? { untilMs: now + 100 } : first(waiting)) }
    }
    expect(rules(strategy(lazy))).toEqual(['is work-conserving'])
    expect(rules(strategy(lazy, { refuses: 'on every fiftieth day it rests' }))).toEqual([])
  })

  it('finds a die of its own, and state that outlives an engine', () => {
    const dice = (waiting: readonly PartnerView[]): PartnerView => {
      return waiting[Math.floor(Math.random() * waiting.length)] ?? first(waiting)
    }
    let turns = 0
    const counts = (waiting: readonly PartnerView[]): PartnerView => waiting[turns++ % 7] ?? first(waiting)
    expect(rules(strategy(() => ({ next: dice })))).toContain('is deterministic')
    expect(rules(strategy(() => ({ next: counts })))).toContain('is deterministic')
  })

  it('finds one that starves partners, unless it says why', () => {
    const next = (waiting: readonly PartnerView[]): PartnerView => {
      return waiting.reduce((best, each) => (each.bytesReceived > best.bytesReceived ? each : best))
    }
    expect(rules(strategy(() => ({ next })))).toEqual(['starves nobody'])
    expect(rules(strategy(() => ({ next }), { starves: 'who gives less' }))).toEqual([])
  })

  it('finds one that looks at everybody for everybody, and one that draws without end', () => {
    const pairs = (waiting: readonly PartnerView[]): PartnerView => {
      for (const a of waiting) for (const b of waiting) if (a.bytesSent > b.bytesSent + 1e12) return a
      return first(waiting)
    }
    expect(rules(strategy(() => ({ next: pairs })))).toEqual(['is quick'])
    const endless = ({ random }: StrategyWorld): Scheduler => ({
      next: (waiting) => {
        for (;;) if (random.next() < 0) return first(waiting)
      }
    })
    expect(rules(strategy(endless))).toEqual(['is quick'])
  })

  it('finds words that are missing', () => {
    expect(rules(strategy(() => ({ next: first }), { name: 'My Own', source: ' ' }))).toEqual([
      'says what it is',
      'says what it is'
    ])
  })

  it('says all of it in one error, with the seed', () => {
    const lazy = strategy((): Scheduler => ({ next: (_, now) => ({ untilMs: now + 1 }) }))
    expect(() => checkStrategy(lazy, { seed: 7 })).toThrow(
      'the strategy of-a-test breaks its contract (seed 7):\n- is work-conserving: at turn 0 it served nobody'
    )
  })
})
