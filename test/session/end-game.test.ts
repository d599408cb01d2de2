import { describe, expect, it } from 'vitest'
import { hedge, hedgeAfterMs, type Runner } from '../../src/session/end-game.ts'
import { ALICE, BOB, CAROL } from '../support/names.ts'

const bob: Runner = { peer: BOB, expectedFinishMs: 100 }

describe('hedge', () => {
  it.each<[name: string, waitingMs: number, runners: readonly Runner[], verdict: ReturnType<typeof hedge>]>([
    ['nobody else is there', 1e6, [], undefined],
    ['only the late one itself is idle', 1e6, [{ ...bob, peer: ALICE }], undefined],
    ['late by three times what the other would need', 300, [bob], { peer: BOB }],
    ['not late yet: says when', 120, [bob], { inMs: 180 }],
    ['asked just now', 0, [bob], { inMs: 300 }],
    ['the fastest of the idle ones', 150, [bob, { peer: CAROL, expectedFinishMs: 50 }], { peer: CAROL }],
    ['what takes a moment is never late', 49, [{ ...bob, expectedFinishMs: 1 }], { inMs: 1 }],
    ['what took more than a moment may be', 50, [{ ...bob, expectedFinishMs: 1 }], { peer: BOB }]
  ])('%s', (_name, waitingMs, runners, verdict) => {
    expect(hedge({ peer: ALICE, waitingMs }, runners)).toEqual(verdict)
  })
})

it('is not called late before those who ask run out of patience, however fast the other one is', () => {
  expect(hedge({ peer: ALICE, waitingMs: 400, patienceMs: 900 }, [bob])).toEqual({ inMs: 500 })
  expect(hedge({ peer: ALICE, waitingMs: 900, patienceMs: 900 }, [bob])).toEqual({ peer: BOB })
})

describe('hedgeAfterMs', () => {
  it.each<[name: string, hedges: number, share: number, arrived: number, peers: number, afterMs: number]>([
    ['the first one is always free', 0, 0.02, 0, 2, 0],
    ['and so is a share of what arrived', 19, 0.02, 1_000, 2, 0],
    ['two for each peer are worth a second', 1, 0.02, 99, 3, 1_000],
    ['to the last', 5, 0.02, 99, 3, 1_000],
    ['and no more', 6, 0.02, 99, 3, Infinity],
    ['nor beyond a larger share', 20, 0.02, 1_000, 2, Infinity],
    ['none at all without a share', 0, 0, 1_000, 2, Infinity]
  ])('%s', (_name, hedges, share, arrived, peers, afterMs) => {
    expect(hedgeAfterMs(hedges, share, arrived, peers)).toBe(afterMs)
  })
})
