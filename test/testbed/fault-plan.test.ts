import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { SEED } from '../support/seed.ts'
import { fullMesh, linkName } from './fabric.ts'
import { BURST_LOSS, type Fault, FLAP_EVERY_MS, planFaults, ROUND_KINDS, type RoundKind } from './fault-plan.ts'

const LINKS = fullMesh(5)
const DURATION_MS = 5_000

function plan(kind: RoundKind, seed: number | string = SEED) {
  return planFaults(kind, { random: new SeededRandom(seed), links: LINKS, durationMs: DURATION_MS })
}

function faults(kind: RoundKind): (Fault & { readonly atMs: number })[] {
  return plan(kind).faults.map(({ atMs, fault }) => ({ ...fault, atMs }))
}

describe(`plans of faults (seed ${SEED})`, () => {
  it.each(ROUND_KINDS)('%s: the same seed gives the same plan, in order and in time', (kind) => {
    expect(plan(kind)).toEqual(plan(kind))
    const times = plan(kind).faults.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    for (const atMs of times) expect(atMs >= 0 && atMs < DURATION_MS).toBe(true)
    expect(plan(kind).base).toMatchObject({ loss: 0, clogged: false })
  })

  it('another seed gives another plan', () => {
    expect(plan('mixed', 'a')).not.toEqual(plan('mixed', 'b'))
  })

  it('calm is calm', () => {
    expect(faults('calm')).toEqual([])
  })

  it('cuts reach every link, most of them after some bytes', () => {
    const cuts = faults('cuts')
    expect(new Set(cuts.map(({ link }) => linkName(link))).size).toBe(LINKS.length)
    expect(cuts.filter(({ type }) => type === 'cut-after').length).toBeGreaterThan(cuts.length / 2)
  })

  it('half-open connections leave every host somebody to ask', () => {
    const hosts = faults('half-open').flatMap(({ link }) => [link.a, link.b])
    expect(hosts.length).toBeGreaterThan(0)
    expect(new Set(hosts).size).toBe(hosts.length)
  })

  it('bursts lose three of ten, and end', () => {
    const shapes = faults('loss').flatMap((fault) => (fault.type === 'shape' ? [fault.change.loss] : []))
    expect(new Set(shapes)).toEqual(new Set([0, BURST_LOSS]))
  })

  it('a flapping link is cut ten times a second', () => {
    const first = faults('flapping')[0]
    const times = faults('flapping')
      .filter(({ link }) => link === first?.link)
      .map(({ atMs }) => atMs)
    const count = DURATION_MS / FLAP_EVERY_MS - 1
    expect(times).toEqual(Array.from({ length: count }, (_, index) => (index + 1) * FLAP_EVERY_MS))
  })

  it('a link that is clogged is freed again, and not in the same order', () => {
    const changes = faults('clog').flatMap((fault) =>
      fault.type === 'shape' ? [{ link: linkName(fault.link), clogged: fault.change.clogged === true }] : []
    )
    const clogged = changes.filter((change) => change.clogged).map(({ link }) => link)
    const freed = changes.filter((change) => !change.clogged).map(({ link }) => link)
    expect(clogged.length).toBeGreaterThan(5)
    expect(freed).not.toEqual(clogged)
    expect([...new Set(freed)].every((link) => clogged.includes(link))).toBe(true)
  })

  it('mixed rounds have all of it but half-open connections', () => {
    expect(new Set(faults('mixed').map(({ type }) => type))).toEqual(new Set(['shape', 'cut', 'cut-after']))
  })
})
