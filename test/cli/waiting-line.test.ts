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
  return { id, codes: new Set(codes) }
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
      'the copy of bafya here was damaged, and it is being fetched anew: none of 2 peers asked has it ("barter doctor bafya" tells more)'
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
      'waiting for bafya: none of 2 peers asked has it ("barter doctor bafya" tells more)'
    ],
    [
      'is told when it is another block',
      [want('bafyb', NOBODY)],
      said('bafya', 'no-peers'),
      'waiting for bafyb: no peer is connected ("barter doctor bafyb" tells more)'
    ]
  ])('%s', (_, wants, before, line) => {
    expect(waitingLine(wants, before)?.line).toBe(line)
  })

  it('has what was said written down: all reasons of one block', () => {
    const first = waitingLine([want('bafya', NOBODY)], undefined)
    const second = waitingLine([want('bafya', DENIED)], first?.said)
    expect(second?.said).toEqual(said('bafya', 'no-peers', 'all-dont-have'))
    expect(waitingLine([want('bafyb', DENIED)], second?.said)?.said).toEqual(said('bafyb', 'all-dont-have'))
  })
})
