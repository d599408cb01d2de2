import { describe, expect, it } from 'vitest'
import type { VerifyOptions } from '../../../src/api/service/content-service.ts'
import { damageText, VerifySummary, type Outcome } from '../../../src/api/service/verify-summary.ts'

const REASON = 'block in storage has different hash than requested'

function damage(outcome: Outcome, reason = REASON) {
  return { type: 'damaged' as const, cid: 'bafy', outcome, reason }
}

function summary(...outcomes: Outcome[]): [string, boolean] {
  const made = new VerifySummary()
  for (const outcome of outcomes) made.add(damage(outcome))
  return [made.text, made.isFailure]
}

describe('what a check of every block came to', () => {
  it('is told block by block', () => {
    expect(damageText(damage('kept'))).toBe(`block bafy was corrupt (${REASON})`)
    expect(damageText(damage('lost'))).toBe(`block bafy was corrupt (${REASON}), removed, failed to heal`)
    expect(damageText({ ...damage('lost'), quarantine: '/repo/x.corrupt' })).toBe(
      `block bafy was corrupt (${REASON}), moved to quarantine (/repo/x.corrupt), failed to heal`
    )
    expect(damageText(damage('unreadable', 'EIO'))).toBe('block bafy cannot be read (EIO), kept')
  })

  it.each<[VerifyOptions, Outcome[], string | undefined]>([
    [{}, [], undefined],
    [{}, ['kept'], 'verify --drop` gives up all that is damaged'],
    [{}, ['unreadable'], 'look at the disk'],
    [{ heal: true }, ['healed'], undefined],
    [{ heal: true }, ['lost'], 'run it again; `barter repo verify --drop` gives up'],
    // What is kept then is in use.
    [{ heal: true }, ['healed', 'kept'], 'run it again when'],
    [{ drop: true }, ['removed', 'kept', 'unreadable'], 'run it again when'],
    [{ heal: true }, ['kept', 'lost'], 'connect to a peer']
  ])('and says what to do about what is left: asked for %j, %j', (asked, outcomes, advice) => {
    const made = new VerifySummary(asked)
    for (const outcome of outcomes) made.add(damage(outcome))
    if (advice === undefined) expect(made.advice).toBeUndefined()
    else expect(made.advice).toContain(advice)
  })

  it('and in sum: what lies in quarantine is not told of as removed', () => {
    const made = new VerifySummary({ heal: true })
    made.add({ ...damage('lost'), quarantine: '/repo/x.corrupt' })
    made.add(damage('healed'))
    expect(made.text).toBe(
      'verify complete, 2 blocks corrupt, 1 removed, 1 moved to quarantine, 1 healed, 1 failed to heal'
    )
  })

  it.each<[string, boolean, Outcome[]]>([
    ['verify complete, all blocks validated.', false, []],
    ['verify complete, 1 blocks corrupt', true, ['kept']],
    ['verify complete, 2 blocks corrupt, 2 removed, 1 healed', false, ['removed', 'healed']],
    ['verify complete, 3 blocks corrupt, 2 removed, 1 failed to heal', true, ['kept', 'removed', 'lost']],
    ['verify complete, 1 cannot be read', true, ['unreadable']],
    ['verify complete, 1 blocks corrupt, 1 removed, 1 cannot be read', true, ['unreadable', 'removed']]
  ])('and in sum: %s', (text, isFailure, outcomes) => {
    expect(summary(...outcomes)).toEqual([text, isFailure])
  })
})
