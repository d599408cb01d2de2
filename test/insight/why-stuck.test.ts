import { describe, expect, it } from 'vitest'
import type { SearchView } from '../../src/exchange-insight.ts'
import { whyStuck, type WantFacts } from '../../src/insight/why-stuck.ts'

const OLD: WantFacts = {
  ageMs: 60_000,
  phase: 'searching',
  connectedPeers: 3,
  asked: 3,
  have: 0,
  dontHave: 3,
  silent: 0,
  dueMs: undefined,
  named: 0,
  isConnecting: false,
  unreached: [],
  isFixed: false,
  search: undefined,
  isLimited: false
}

const NOBODY: SearchView = {
  startedAt: 0,
  endedAt: 5,
  found: 0,
  reached: 0,
  unreached: 0,
  failures: [],
  error: undefined
}
const FAILING: SearchView = { ...NOBODY, found: 2, unreached: 2, failures: [{ name: 'bob', reason: 'refused' }] }
const UNREACHED = [{ name: 'carol', reason: 'timed out' }]

type Case = readonly [what: string, facts: Partial<WantFacts>, code: string | undefined, text?: RegExp]

/** What is known; what is said of it. */
const CASES: readonly Case[] = [
  ['a young one', { ageMs: 4_999 }, undefined],
  ['a store that does not answer', { phase: 'looking' }, 'slow-store'],
  ['a disk that does not take it', { phase: 'storing' }, 'slow-store', /arrived/],
  ['asked a moment ago', { phase: 'asked', dueMs: 9_999 }, undefined],
  ['asked of nobody that owes it', { phase: 'asked' }, undefined],
  ['asked long ago', { phase: 'asked', dueMs: 10_000 }, 'silent-peers'],
  ['asked long ago, with a limit', { phase: 'asked', dueMs: 10_000, isLimited: true }, 'download-limit'],
  ['in the row', { phase: 'ready', ageMs: 29_999 }, undefined],
  ['in the row for long', { phase: 'ready' }, 'busy-peers'],
  ['in the row for long, with a limit', { phase: 'ready', isLimited: true }, 'download-limit'],
  ['ready, and nobody there', { phase: 'ready', ageMs: 5_000, connectedPeers: 0 }, 'no-peers', /routing has not been/],
  ['ready, and dialling', { phase: 'ready', isConnecting: true, named: 2 }, 'connecting', /2 named peers/],
  ['nobody has it', { search: NOBODY }, 'all-dont-have', /none of 3 peers asked has it; routing knows no provider/],
  [
    'one peer has it not',
    { asked: 1, dontHave: 1, search: NOBODY },
    'all-dont-have',
    /the peer that was asked does not/
  ],
  [
    'nobody was asked',
    { asked: 0, dontHave: 0, search: NOBODY },
    'no-providers',
    /none of 3 connected peers was asked/
  ],
  ['some say nothing', { dontHave: 1, silent: 2, search: NOBODY }, 'silent-peers', /2 peers of 3 asked did not answer/],
  ['routing not asked yet', {}, 'searching', /routing has not been asked/],
  ['routing at it', { search: { ...NOBODY, endedAt: undefined } }, 'searching', /routing is being asked/],
  ['routing fails', { search: { ...NOBODY, error: 'no DHT' } }, 'all-dont-have', /routing failed: no DHT/],
  ['providers out of reach', { search: FAILING }, 'dial-failing', /none of 2 providers .* bob: refused/],
  ['the only provider out of reach', { search: { ...FAILING, unreached: 1 } }, 'dial-failing', /the one provider/],
  ['a named peer out of reach', { unreached: UNREACHED }, 'dial-failing', /carol: timed out/],
  [
    'nobody there, a named peer out of reach',
    { phase: 'ready', connectedPeers: 0, unreached: UNREACHED },
    'dial-failing'
  ],
  [
    'one of two providers reached',
    { search: { ...FAILING, reached: 1 } },
    'all-dont-have',
    /of which 1 could be reached/
  ],
  [
    'only named peers',
    { isFixed: true, named: 1, unreached: UNREACHED },
    'only-named-peers',
    /carol cannot be reached/
  ],
  ['nobody there', { connectedPeers: 0, asked: 0, dontHave: 0, search: NOBODY }, 'no-peers', /knows no provider/]
]

describe('why a want is stuck', () => {
  it.each(CASES.map((one) => [one[0], one] as const))('%s', (_, [, facts, code, text = /./]) => {
    const reason = whyStuck({ ...OLD, ...facts })
    expect(reason?.code).toBe(code)
    if (code !== undefined) expect(reason?.text).toMatch(text)
  })
})
