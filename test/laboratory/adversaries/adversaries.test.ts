import { describe, expect, test } from 'vitest'
import { ADVERSARIES, adversaryByName } from '../../../src/laboratory/adversaries/catalogue.ts'
import { SYBIL_IDENTITIES } from '../../../src/laboratory/adversaries/sybil.ts'
import { MAX_WHITEWASH_NAMES } from '../../../src/laboratory/adversaries/whitewash.ts'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import { numberOfPeer } from '../../../src/laboratory/world.ts'
import { runSmall, type Ended } from './small-arena.ts'

/** What all adversaries sent, and what the others sent them. */
function between({ adversaries, sent }: Ended): { readonly byThem: Ended['sent']; readonly toThem: Ended['sent'] } {
  const numbers = new Set(adversaries.map(({ plan }) => plan.index))
  return {
    byThem: sent.filter(({ from }) => numbers.has(numberOfPeer(from))),
    toThem: sent.filter(({ to }) => numbers.has(numberOfPeer(to)))
  }
}

function sum(records: Ended['sent'], of: 'blocks' | 'haves' | 'dontHaves' | 'wantBlocks' | 'wantHaves'): number {
  return records.reduce((total, record) => total + record[of], 0)
}

/** Every name that an adversary sent anything under. */
function namesOf(ended: Ended): Map<number, Set<string>> {
  const names = Map.groupBy(between(ended).byThem, ({ from }) => numberOfPeer(from))
  return new Map(Array.from(names, ([number, records]) => [number, new Set(records.map(({ from }) => from))]))
}

describe('the catalogue', () => {
  test('every adversary is named, explained and traced to a source, once', () => {
    expect(new Set(ADVERSARIES.map(({ name }) => name)).size).toBe(ADVERSARIES.length)
    for (const { name, about, source } of ADVERSARIES) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(about.length).toBeGreaterThan(20)
      expect(source.length).toBeGreaterThan(10)
    }
  })

  test('a scenario with another name is told which there are, and where it says so', () => {
    const json = { name: 'x', adversary: { kind: 'thief', fraction: 0.5 } }
    expect(() => readScenario(json)).toThrow(/adversary\.kind is "thief".*free-rider, sybil.*invader:<strategy>/)
    expect(() => readScenario({ name: 'x', adversary: { kind: 'invader:nobody' } })).toThrow(/unknown strategy nobody/)
    expect(adversaryByName('invader:tit-for-tat').name).toBe('invader:tit-for-tat')
  })
})

describe('each adversary does what its name says', () => {
  test('a free-rider gets all it wants, and says nothing to those who ask', async () => {
    const ended = await runSmall('free-rider')
    const { byThem, toThem } = between(ended)
    expect(ended.outcomes.every(({ completeMs }) => completeMs !== undefined)).toBe(true)
    expect(sum(toThem, 'wantHaves')).toBeGreaterThan(0)
    expect(sum(toThem, 'blocks')).toBeGreaterThan(0)
    expect([sum(byThem, 'blocks'), sum(byThem, 'haves'), sum(byThem, 'dontHaves')]).toEqual([0, 0, 0])
  })

  test('one that under-reports denies what it has', async () => {
    const { byThem } = between(await runSmall('under-report'))
    expect([sum(byThem, 'blocks'), sum(byThem, 'haves')]).toEqual([0, 0])
    expect(sum(byThem, 'dontHaves')).toBeGreaterThan(0)
  })

  test('one with a large view is connected to everybody, where others are not', async () => {
    const ended = await runSmall('large-view', { topology: { kind: 'star', seed: 0, leech: 6 } })
    for (const { bitswap } of ended.adversaries) expect(bitswap.stat().partners).toHaveLength(5)
    // The hub, and the two adversaries, one of which may be the hub.
    for (const { bitswap, plan } of ended.cooperators) {
      if (plan.index > 0) expect(bitswap.stat().partners.length).toBeLessThan(5)
    }
    expect(sum(between(ended).byThem, 'blocks')).toBe(0)
  })

  test('a liar says "have" for what it does not have, and what it sends is of no use', async () => {
    const ended = await runSmall('liar')
    const { byThem } = between(ended)
    const useless = ended.cooperators.map(({ bitswap }) => bitswap.stat())
    expect(sum(byThem, 'haves')).toBeGreaterThan(0)
    expect(sum(byThem, 'blocks')).toBeGreaterThan(0)
    const rejected = useless.reduce((total, stat) => total + stat.unwantedBlocksReceived + stat.faults, 0)
    expect(rejected).toBeGreaterThan(0)
    const fair = ended.outcomes.filter(({ peer }) => ended.cooperators.some(({ plan }) => plan.index === peer))
    expect(fair.every(({ completeMs }) => completeMs !== undefined)).toBe(true)
  })

  test('one that floods asks each peer for a thousand blocks a second that nobody has, and stops with its exchange', async () => {
    const ended = await runSmall('want-flood')
    const { byThem, toThem } = between(ended)
    const seconds = Math.floor(Math.max(...ended.outcomes.map(({ completeMs }) => completeMs ?? 0)) / 1_000)
    expect(sum(byThem, 'wantBlocks')).toBeGreaterThan(2 * 5 * 1_024 * seconds)
    expect(sum(toThem, 'dontHaves')).toBeGreaterThan(1_024)
    // It serves, as others do.
    expect(sum(byThem, 'blocks')).toBeGreaterThan(0)
    const { world } = ended.cell
    await world.stop()
    const before = ended.sent.length
    await world.clock.until(world.clock.sleep(5_000))
    expect(ended.sent).toHaveLength(before)
  })

  test('a Sybil is several partners to everybody, each of whom wants a part, and gets each block once', async () => {
    const ended = await runSmall('sybil')
    for (const [, names] of namesOf(ended)) expect(names.size).toBe(SYBIL_IDENTITIES)
    for (const { bitswap } of ended.cooperators) {
      expect(bitswap.stat().partners).toHaveLength(3 + 2 * SYBIL_IDENTITIES)
    }
    expect(ended.outcomes.every(({ completeMs }) => completeMs !== undefined)).toBe(true)
    expect(sum(between(ended).byThem, 'blocks')).toBe(0)
  })

  test('a Sybil gets no more through its downlink than one peer', async () => {
    const wide = { link: { latency_ms: 10, bandwidth_mb: 100, download_mb: 2, window_bytes: 65_536 } }
    const ended = await runSmall('sybil', wide)
    const numbers = new Set(ended.adversaries.map(({ plan }) => plan.index))
    const times = ended.outcomes.filter(({ peer }) => numbers.has(peer)).map(({ completeMs }) => completeMs ?? NaN)
    // Two files of 200,000 bytes at 2 Mibit/s.
    expect(Math.max(...times)).toBeGreaterThan((400_000 * 1_000) / ((2 * 1024 * 1024) / 8))
  })

  test('one that is refused comes back under new names, and gets what it was refused', async () => {
    // Literally the whitepaper: whoever gives nothing is refused after its first block. Seeds want nothing of anybody.
    const seeds = { topology: { kind: 'mesh', seed: 2, leech: 2 }, workload: { kind: 'fetch' } }
    const strict = { exchange: { uploadSlots: 1, targetMessageBytes: 32_768, strict: true }, limit_ms: 60_000 }
    const run = (kind: string): Promise<Ended> =>
      runSmall(kind, { ...seeds, ...strict, adversary: { kind, fraction: 1 } }, 'whitepaper')
    const [washed, plain] = [await run('whitewash'), await run('free-rider')]
    for (const names of namesOf(washed).values()) expect(names.size).toBeGreaterThan(1)
    for (const names of namesOf(plain).values()) expect(names.size).toBe(1)
    const got = ({ adversaries }: Ended): number =>
      adversaries.reduce((total, { bitswap }) => total + bitswap.stat().blocksReceived, 0)
    expect(got(washed)).toBeGreaterThan(2 * got(plain))
    expect(sum(between(washed).byThem, 'blocks')).toBe(0)
  })

  test('one that is refused for ever has so many names and no more', async () => {
    const nobody = { name: 'nobody', about: '', source: '', create: () => ({ next: () => ({ untilMs: Infinity }) }) }
    const seeds = { topology: { kind: 'mesh', seed: 3, leech: 1 }, workload: { kind: 'fetch' } }
    const alone = { adversary: { kind: 'whitewash', fraction: 1 }, exchange: { strict: true }, limit_ms: 3_600_000 }
    const ended = await runSmall('whitewash', { ...seeds, ...alone }, nobody)
    expect(Array.from(namesOf(ended).values(), (names) => names.size)).toEqual([MAX_WHITEWASH_NAMES + 1])
    expect(ended.cooperators.map(({ bitswap }) => bitswap.stat().partners.length)).toEqual([3, 3, 3])
  })

  test('an invader serves by its own strategy', async () => {
    const ended = await runSmall('invader:fifo', {}, 'fair-share')
    expect(ended.adversaries.map(({ plan }) => plan.adversary?.name)).toEqual(['invader:fifo', 'invader:fifo'])
    expect(sum(between(ended).byThem, 'blocks')).toBeGreaterThan(0)
    expect(ended.outcomes.every(({ completeMs }) => completeMs !== undefined)).toBe(true)
  })
})
