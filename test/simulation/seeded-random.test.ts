import { describe, expect, it } from 'vitest'
import { SeededRandom, splitmix64, Xoshiro128 } from '../../src/simulation/seeded-random.ts'

describe('Xoshiro128', () => {
  it('gives the numbers of the published algorithm', () => {
    const bits = new Xoshiro128([1, 2, 3, 4])
    const drawn = Array.from({ length: 10 }, () => bits.next32() >>> 0)
    expect(drawn).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804
    ])
  })
})

describe('splitmix64', () => {
  it('gives the numbers of the published algorithm', () => {
    const drawn = [1n, 2n, 3n].map((step) => splitmix64(1477776061723855037n, step))
    expect(drawn).toEqual([1985237415132408290n, 2979275885539914483n, 13511426838097143398n])
  })
})

describe('SeededRandom', () => {
  it('repeats itself for the same seed and name', () => {
    const draw = (random: SeededRandom): number[] => Array.from({ length: 5 }, () => random.next())
    expect(draw(new SeededRandom(7, 'engine'))).toEqual(draw(new SeededRandom(7, 'engine')))
    expect(draw(new SeededRandom(7, 'engine'))).not.toEqual(draw(new SeededRandom(8, 'engine')))
    expect(draw(new SeededRandom(7, 'engine'))).not.toEqual(draw(new SeededRandom(7, 'session')))
  })

  it('gives streams that do not depend on what was drawn before', () => {
    const fresh = new SeededRandom(1)
    const used = new SeededRandom(1)
    used.next()
    expect(used.stream('x').next()).toBe(fresh.stream('x').next())
    expect(used.stream('x').next()).not.toBe(used.stream('y').next())
  })

  it('spreads evenly over [0, 1) and over whole numbers', () => {
    const random = new SeededRandom('even')
    const counts = new Array<number>(10).fill(0)
    let sum = 0
    for (let i = 0; i < 100_000; i++) {
      const drawn = random.next()
      expect(drawn >= 0 && drawn < 1).toBe(true)
      sum += drawn
      const bucket = random.below(10)
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
    expect(Math.abs(sum / 100_000 - 0.5)).toBeLessThan(0.005)
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('shuffles without losing anything, every order about as often', () => {
    const random = new SeededRandom('cards')
    const orders = new Map<string, number>()
    for (let i = 0; i < 6_000; i++) {
      const order = random.shuffled(['a', 'b', 'c']).join('')
      orders.set(order, (orders.get(order) ?? 0) + 1)
    }
    expect([...orders.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
    for (const count of orders.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })
})
