import { describe, expect, it } from 'vitest'
import type { StuckReason, WantRow } from '../../src/api/service/insight-wants.ts'
import { waitingLine, type Said } from '../../src/cli/waiting-line.ts'
import { WANT } from '../support/fake-insight.ts'

const NOBODY: StuckReason = { code: 'no-peers', text: 'no peer is connected' }
const DENIED: StuckReason = { code: 'all-dont-have', text: 'none of 2 peers asked has it' }

function want(id: string, stuckBecause?: StuckReason, damaged?: true): WantRow {
  return { ...WANT, id, stuckBecause, damaged }
}

function said(id: string, ...kinds: readonly string[]): Said {
  return { id, since: -5_000, kinds: new Set(kinds), lookedAt: 0, waitedMs: 5_000, againMs: 30_000 }
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
    const waiting = waitingLine(wants, before, 0, 'terminal')
    expect(waiting?.isNews === true ? waiting.line : undefined).toBe(line)
  })

  it('is told of another block by a log when the kind of reason is another, or the copy here was damaged', () => {
    const before = said('bafya', 'no-peers')
    const told = [want('bafyb', NOBODY), want('bafyb', DENIED), want('bafyb', NOBODY, true)].filter(
      (row) => waitingLine([row], before, 0, 'log')?.isNews
    )
    expect(told).toEqual([want('bafyb', DENIED), want('bafyb', NOBODY, true)])
  })

  /** What a log tells of a command that is looked at every 5 s for 500 s, by the seconds that it has waited. */
  function logOf(wantsAt: (seconds: number) => readonly WantRow[]): unknown[] {
    const told: unknown[] = []
    let before: Said | undefined
    for (let seconds = 5; seconds <= 500; seconds += 5) {
      const waiting = waitingLine(wantsAt(seconds), before, 2_000 + seconds * 1_000, 'log')
      before = waiting?.said ?? before
      if (waiting?.isNews === true) told.push([seconds, waiting.line.replace(/: .*$/u, '')])
    }
    return told
  }

  it('is told by a log how long it has been, after 30 s, 1 min, 2 min and so on', () => {
    expect(logOf(() => [want('bafya', NOBODY)])).toEqual([
      [5, 'waiting for bafya'],
      [30, 'waiting for bafya (30 s so far)'],
      [60, 'waiting for bafya (1 min 00 s so far)'],
      [120, 'waiting for bafya (2 min 00 s so far)'],
      [240, 'waiting for bafya (4 min 00 s so far)'],
      [480, 'waiting for bafya (8 min 00 s so far)']
    ])
  })

  it('is told no more often by a log where the blocks come late, one by one', () => {
    const ids = Array.from({ length: 50 }, (_, at) => `bafy${at}`)
    expect(logOf((seconds) => [want(ids[Math.floor(seconds / 10)] ?? 'bafy', NOBODY)])).toEqual([
      [5, 'waiting for bafy0'],
      [30, 'waiting for bafy3'],
      [60, 'waiting for bafy6'],
      [120, 'waiting for bafy12'],
      [240, 'waiting for bafy24'],
      [480, 'waiting for bafy48']
    ])
  })

  it('has waited for no longer than it went on between two looks', () => {
    const first = waitingLine([want('bafya', NOBODY)], undefined, 0, 'log')
    const late = waitingLine([want('bafyb', NOBODY)], first?.said, 5_000_000, 'log')
    expect([late?.isNews, late?.said.waitedMs]).toEqual([false, 15_000])
  })

  it('has what was said written down: all kinds of reasons', () => {
    const first = waitingLine([want('bafya', NOBODY)], undefined, 0, 'log')
    expect(first?.said).toEqual(said('bafya', 'no-peers'))
    const second = waitingLine([want('bafyb', DENIED)], first?.said, 0, 'log')
    expect(second?.said).toEqual(said('bafyb', 'no-peers', 'all-dont-have'))
  })
})
