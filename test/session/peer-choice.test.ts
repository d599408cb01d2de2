import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { choosePeer, chooseScouts, type Candidate, type Choice } from '../../src/session/peer-choice.ts'
import { ALICE, BOB, CAROL } from '../support/names.ts'
import { property } from '../support/seed.ts'

function candidate(parts: Partial<Candidate> = {}): Candidate {
  return {
    peer: ALICE,
    presence: 'unknown',
    hitRate: 0.9,
    trust: 0.5,
    expectedFinishMs: 100,
    hasSlack: true,
    stalled: false,
    ...parts
  }
}

const LIKELY_ALICE: Choice = { kind: 'ask', peer: ALICE, reason: 'likely' }
const SURE_BOB: Choice = { kind: 'ask', peer: BOB, reason: 'said-have' }

describe('choosePeer', () => {
  it.each<[name: string, candidates: readonly Candidate[], choice: Choice]>([
    ['nobody is there', [], { kind: 'nobody' }],
    ['one who may have it', [candidate()], LIKELY_ALICE],
    ['one who said so', [candidate({ peer: BOB, presence: 'have' })], SURE_BOB],
    ['one who said no', [candidate({ presence: 'dont-have' })], { kind: 'nobody' }],
    ['one who is stalled, and said so', [candidate({ presence: 'have', stalled: true })], { kind: 'nobody' }],
    ['one who is busy', [candidate({ hasSlack: false })], { kind: 'wait' }],
    ['a busy one who said no', [candidate({ hasSlack: false, presence: 'dont-have' })], { kind: 'nobody' }],
    [
      'a busy one who said so and a free one who said no',
      [candidate({ hasSlack: false, presence: 'have' }), candidate({ peer: BOB, presence: 'dont-have' })],
      { kind: 'wait' }
    ],
    [
      'a busy one who said so and a free one who may',
      [candidate(), candidate({ peer: BOB, hasSlack: false, presence: 'have' })],
      LIKELY_ALICE
    ],
    [
      'one who said so, among equals',
      [candidate(), candidate({ peer: BOB, presence: 'have' }), candidate({ peer: CAROL })],
      SURE_BOB
    ],
    [
      'a fast one who may have it and a slow one who said so',
      [candidate({ expectedFinishMs: 10 }), candidate({ peer: BOB, presence: 'have', expectedFinishMs: 200 })],
      LIKELY_ALICE
    ],
    [
      'a fast one who hardly ever has anything and a slower one who said so',
      [
        candidate({ expectedFinishMs: 50, hitRate: 0.05 }),
        candidate({ peer: BOB, presence: 'have', expectedFinishMs: 200 })
      ],
      SURE_BOB
    ],
    [
      'two who may: the one with the better record',
      [candidate({ peer: BOB, hitRate: 0.4 }), candidate({ hitRate: 0.8 })],
      LIKELY_ALICE
    ],
    ['equals: the first of them', [candidate(), candidate({ peer: BOB })], LIKELY_ALICE]
  ])('%s', (_name, candidates, choice) => {
    expect(choosePeer(candidates)).toEqual(choice)
  })

  const anyCandidates = fc
    .array(
      fc.record({
        presence: fc.constantFrom('have' as const, 'unknown' as const, 'dont-have' as const),
        hitRate: fc.double({ min: 0, max: 1, noNaN: true }),
        trust: fc.double({ min: 0, max: 1, noNaN: true }),
        expectedFinishMs: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
        hasSlack: fc.boolean(),
        stalled: fc.boolean()
      }),
      { maxLength: 12, size: 'max' }
    )
    .map((list) => list.map((parts, i): Candidate => ({ peer: toPeerId(`peer${i}`), ...parts })))

  it('never asks one that said no, is stalled or is busy; asks whenever it can; waits only for one that may have it', () => {
    const rule = fc.property(anyCandidates, (candidates) => {
      const choice = choosePeer(candidates)
      const able = candidates.filter(({ presence, stalled }) => presence !== 'dont-have' && !stalled)
      const free = able.filter(({ hasSlack }) => hasSlack)
      expect(choice.kind).toBe(free.length > 0 ? 'ask' : able.length > 0 ? 'wait' : 'nobody')
      if (choice.kind === 'ask') expect(free.map(({ peer }) => peer)).toContain(choice.peer)
    })
    property(rule)
  })

  it('never prefers a peer that is slower, less likely and trusted no more', () => {
    const rule = fc.property(anyCandidates, (candidates) => {
      const choice = choosePeer(candidates)
      if (choice.kind !== 'ask') return
      const chosen = candidates.find(({ peer }) => peer === choice.peer)
      const better = candidates.find(
        (one) =>
          one.hasSlack &&
          !one.stalled &&
          one.presence === 'have' &&
          one.trust >= (chosen?.trust ?? 0) &&
          one.expectedFinishMs < (chosen?.expectedFinishMs ?? 0)
      )
      expect(better).toBeUndefined()
    })
    property(rule)
  })
})

describe('chooseScouts', () => {
  const unsure = candidate({ hitRate: 0.5 })

  it.each<[name: string, candidates: readonly Candidate[], scouts: readonly string[]]>([
    [
      'none when the chosen one said it has the block',
      [candidate({ presence: 'have', hitRate: 0 }), candidate({ peer: BOB })],
      []
    ],
    ['none when the chosen one has had nearly all', [candidate({ hitRate: 0.9 }), candidate({ peer: BOB })], []],
    [
      'the likeliest first',
      [unsure, candidate({ peer: BOB, hitRate: 0.2 }), candidate({ peer: CAROL, hitRate: 0.7 })],
      [CAROL, BOB]
    ],
    ['not the chosen one', [unsure], []],
    [
      'not who answered already',
      [unsure, candidate({ peer: BOB, presence: 'have' }), candidate({ peer: CAROL, presence: 'dont-have' })],
      []
    ],
    ['not who is stalled', [unsure, candidate({ peer: BOB, stalled: true })], []],
    ['also who is busy: the question costs little', [unsure, candidate({ peer: BOB, hasSlack: false })], [BOB]],
    ['nobody when the chosen one is unknown', [candidate({ peer: BOB })], []]
  ])('%s', (_name, candidates, scouts) => {
    expect(chooseScouts(candidates, ALICE, 10)).toEqual(scouts)
  })

  it('no more than asked for', () => {
    const others = Array.from({ length: 20 }, (_, i) => candidate({ peer: toPeerId(`peer${i}`) }))
    expect(chooseScouts([unsure, ...others], ALICE, 2).length).toBe(2)
  })

  it.each([
    [0.875, 3],
    [0.4, 5],
    [0.05, 40],
    [0, 50]
  ])('where the chosen one has %f of what is wanted, %i others, of whom two should have it', (hitRate, scouts) => {
    const others = Array.from({ length: 60 }, (_, i) => candidate({ peer: toPeerId(`peer${i}`) }))
    expect(chooseScouts([candidate({ hitRate }), ...others], ALICE, 50, 2).length).toBe(scouts)
  })
})
