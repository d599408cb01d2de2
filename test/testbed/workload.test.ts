import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { SEED } from '../support/seed.ts'
import { parseFlags } from './flags.ts'
import { planWork } from './workload.ts'

const OPTIONS = { hosts: 4, blocks: 60, firstNumber: 1_000 }

describe(`the work of a round (seed ${SEED})`, () => {
  const work = planWork({ ...OPTIONS, random: new SeededRandom(SEED) })

  it('is the same for the same seed', () => {
    expect(planWork({ ...OPTIONS, random: new SeededRandom(SEED) })).toEqual(work)
  })

  it('gives each block two holders, and is wanted by others alone', () => {
    const holders = new Map<number, number>()
    for (const { number } of work.flatMap(({ holds }) => holds)) holders.set(number, (holders.get(number) ?? 0) + 1)
    expect(holders.size).toBe(60)
    expect([...holders.values()].every((count) => count === 2)).toBe(true)
    for (const { holds, wants } of work) {
      const held = new Set(holds.map(({ number }) => number))
      expect(wants.length).toBeGreaterThan(0)
      expect(wants.every(({ number }) => holders.has(number) && !held.has(number))).toBe(true)
    }
  })

  it('gives blocks that nobody has numbers of their own', () => {
    const absent = work.flatMap(({ early, vain }) => [...early, ...vain]).map(({ number }) => number)
    expect(new Set(absent).size).toBe(absent.length)
    expect(Math.min(...absent)).toBe(1_060)
  })
})

describe('the flags of the testbed', () => {
  it('have defaults for a short run, and others for a long one', () => {
    expect(parseFlags([], 'fresh')).toMatchObject({
      seed: 'fresh',
      rounds: 7,
      peers: 4,
      faultMs: 2_500,
      proxies: false
    })
    expect(parseFlags(['--long', '--kinds', 'cuts,loss'], '')).toMatchObject({ rounds: 12, peers: 5, faultMs: 8_000 })
    expect(parseFlags(['--seed', '5', '--rounds', '2', '--proxies'], '')).toMatchObject({
      seed: '5',
      rounds: 2,
      proxies: true
    })
  })

  it.each([
    [['--peers', '2'], '--peers 2: expected a whole number from 3 to 50'],
    [['--rounds', 'x'], '--rounds x: expected a whole number'],
    [['--kinds', 'storm'], '--kinds storm: expected some of calm, cuts'],
    [['--nope'], '--nope']
  ])('refuse %j', (args, message) => {
    expect(() => parseFlags(args, '')).toThrow(message)
  })
})
