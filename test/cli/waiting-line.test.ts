import { describe, expect, it } from 'vitest'
import type { StuckReason, WantRow } from '../../src/api/service/insight-wants.ts'
import { waitingLine, type Said } from '../../src/cli/waiting-line.ts'
import { WANT } from '../support/fake-insight.ts'

const NOBODY: StuckReason = { code: 'no-peers', text: 'no peer is connected' }
const DENIED: StuckReason = { code: 'all-dont-have', text: 'none of 2 peers asked has it' }

function want(id: string, stuckBecause?: StuckReason, damaged?: true): WantRow {
  return { ...WANT, id, stuckBecause, damaged }
}

function said(id: string, ...codes: readonly string[]): Said {
  return { id, codes: new Set(codes), since: -5_000, againMs: 30_000 }
}

describe('whoever waits', () => {
  it.each<[string, readonly WantRow[], Said | undefined, string | undefined]>([
    [
      'is told what for, and why',
      [want('bafya', NOBODY)],
      undefined,
      'waiting for bafya: no peer is connected ("barter doctor bafya" tells more)'
    ],
    [
      'is told that the copy here was damaged',
      [want('bafya', DENIED, true)],
      undefined,
      'the copy of bafya here was damaged, and it is being fetched anew: none of 2 peers asked has it ("barter doctor bafya" tells more; `barter repo verify --heal` fetches what is damaged from other peers)'
    ],
    [
      'is told of the oldest want',
      [want('bafya', NOBODY), want('bafyb', DENIED)],
      undefined,
      'waiting for bafya: no peer is connected ("barter doctor bafya" tells more)'
    ],
    ['is told nothing when nothing is wanted', [], undefined, undefined],
    ['is told nothing while it goes on', [want('bafya')], undefined, undefined],
    ['is told nothing while some of it goes on', [want('bafya', NOBODY), want('bafyb')], undefined, undefined],
    ['is told a reason once', [want('bafya', NOBODY)], said('bafya', 'no-peers'), undefined],
    ['is told once of one that came back', [want('bafya', NOBODY)], said('bafya', 'no-peers', 'searching'), undefined],
    [
      'is told when the reason changes',
      [want('bafya', DENIED)],
      said('bafya', 'no-peers'),
      'waiting for bafya (5 s so far): none of 2 peers asked has it ("barter doctor bafya" tells more)'
    ],
    [
      'is told when it is another block',
      [want('bafyb', NOBODY)],
      said('bafya', 'no-peers'),
      'waiting for bafyb: no peer is connected ("barter doctor bafyb" tells more)'
    ]
  ])('%s', (_, wants, before, line) => {
    const waiting = waitingLine(wants, before, 0)
    expect(waiting?.news === undefined ? undefined : waiting.line).toBe(line)
  })

  it('is told how long it has been, after 30 s, 1 min, 2 min and so on', () => {
    const told: unknown[] = []
    let before: Said | undefined
    for (let now = 7_000; now <= 7_000 + 500_000; now += 5_000) {
      const waiting = waitingLine([want('bafya', NOBODY)], before, now)
      before = waiting?.said
      if (waiting?.news !== undefined) told.push([waiting.news, waiting.line.replace(/: .*$/u, '')])
    }
    expect(told).toEqual([
      ['reason', 'waiting for bafya'],
      ['time', 'waiting for bafya (30 s so far)'],
      ['time', 'waiting for bafya (1 min 00 s so far)'],
      ['time', 'waiting for bafya (2 min 00 s so far)'],
      ['time', 'waiting for bafya (4 min 00 s so far)'],
      ['time', 'waiting for bafya (8 min 00 s so far)']
    ])
    // Another block begins anew.
    expect(waitingLine([want('bafyb', NOBODY)], before, 600_000)?.line).toMatch(/^waiting for bafyb: /u)
    // It went on for a while: what was missed is told once.
    const late = waitingLine([want('bafya', NOBODY)], before, 5_000_000)
    expect([late?.news, late?.said.againMs]).toEqual(['time', 30_000 * 2 ** 8])
  })

  it('has what was said written down: all reasons of one block', () => {
    const first = waitingLine([want('bafya', NOBODY)], undefined, 0)
    const second = waitingLine([want('bafya', DENIED)], first?.said, 0)
    expect(second?.said).toEqual(said('bafya', 'no-peers', 'all-dont-have'))
    expect(waitingLine([want('bafyb', DENIED)], second?.said, 0)?.said).toEqual(said('bafyb', 'all-dont-have'))
  })
})
