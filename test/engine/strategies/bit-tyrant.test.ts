import { describe, expect, it } from 'vitest'
import { bitTyrant } from '../../../src/engine/strategies/bit-tyrant.ts'
import { choice, draws, waiter } from '../../support/scheduling.ts'

const rule = (values: Parameters<typeof bitTyrant.with>[0] = {}) => bitTyrant.with(values).create({ random: draws() })
const [a, b, c] = [waiter('a'), waiter('b'), waiter('c')]

describe('bit-tyrant', () => {
  it('unchokes as many as the uplink suffices for, and lets the others wait for the next round', () => {
    const tyrant = rule({ capacity: 200, start: 100 })
    expect(choice(tyrant.next([a, b, c], 0))).toBe('a')
    expect(choice(tyrant.next([b, c], 1))).toBe('b')
    expect(choice(tyrant.next([c], 2))).toBe(10_000)
  })

  it('takes those first who give most for what they need', () => {
    const tyrant = rule({ capacity: 100, start: 100 })
    tyrant.next([a, b, c], 0)
    // 3,000 bytes in 10 s: 300 a second for 100; a needs 120 now, and gives nothing new.
    tyrant.received?.(c.peer, 3_000, 1)
    expect(choice(tyrant.next([a, b, c], 10_000))).toBe('c')
    expect(choice(tyrant.next([a, b], 10_001))).toBe(20_000)
  })

  it('raises the need of one that does not reciprocate, until others come first', () => {
    const tyrant = rule({ capacity: 100, start: 100 })
    tyrant.next([a, b], 0)
    expect(choice(tyrant.next([a, b], 10_000))).toBe('b')
    expect(choice(tyrant.next([a, b], 20_000))).toBe('a')
  })

  it('lowers the need of one that reciprocates three times in a row', () => {
    // With a need of 90 for a, there is room for b at 100 in 190.
    const tyrant = rule({ capacity: 190, start: 100 })
    const answers = [0, 10_000, 20_000, 30_000].map((now) => {
      tyrant.next([a, b], now)
      const answer = choice(tyrant.next([b], now))
      tyrant.received?.(a.peer, 1_000, now + 1)
      return answer
    })
    expect(answers).toEqual([10_000, 20_000, 30_000, 'b'])
  })

  it('shares in proportion to need', () => {
    const tyrant = rule({ capacity: 1_000, start: 100 })
    tyrant.next([a, b], 0)
    tyrant.received?.(b.peer, 1, 1)
    // a needs 120 now, b 100.
    tyrant.next([a, b], 10_000)
    tyrant.served?.(a, 1_190, 10_000)
    tyrant.served?.(b, 1_000, 10_000)
    expect(choice(tyrant.next([b, a], 10_001))).toBe('a')
    tyrant.served?.(a, 20, 10_001)
    expect(choice(tyrant.next([a, b], 10_002))).toBe('b')
  })
})
