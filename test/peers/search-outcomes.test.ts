import { describe, expect, it } from 'vitest'
import { MAX_OUTCOMES, MAX_UNREACHED, noteUnreached, SearchOutcomes } from '../../src/peers/search-outcomes.ts'
import type { CidKey } from '../../src/ids.ts'

describe('what came of searches', () => {
  it('is forgotten of the one begun longest ago', () => {
    const outcomes = new SearchOutcomes()
    for (let n = 0; n < MAX_OUTCOMES; n++) outcomes.begin(`k${n}` as CidKey, n)
    outcomes.begin('k0' as CidKey, 5_000)
    outcomes.begin('new' as CidKey, 5_001)
    expect(outcomes.get('k0' as CidKey)?.startedAt).toBe(5_000)
    expect([outcomes.get('k1' as CidKey), outcomes.get('k2' as CidKey)?.startedAt]).toEqual([undefined, 2])
  })

  it('has some of the reasons, and the number of all', () => {
    const notes = new SearchOutcomes().begin('k' as CidKey, 0)
    for (let n = 0; n < 10; n++) noteUnreached(notes, `p${n}`, new Error('x'.repeat(1_000)))
    expect([notes.unreached, notes.failures.length]).toEqual([10, MAX_UNREACHED])
    expect(notes.failures[0]?.reason.length).toBe(200)
  })
})
