import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import type { PolicyFunction, Verdict } from '../../src/exchange.ts'
import { cidKey, toPeerId, type PeerId } from '../../src/ids.ts'
import { AccessRules } from '../../src/policy/access-rules.ts'
import { cidOf } from '../support/engine-world.ts'
import { property } from '../support/seed.ts'

const ALICE = toPeerId('alice')
const BOB = toPeerId('bob')
const STRANGER = toPeerId('nobody that a rule names')
const A = cidOf('a')
const B = cidOf('b')

function rulesWith(decide?: PolicyFunction): { rules: AccessRules; changes: () => number; errors: unknown[] } {
  let changes = 0
  const errors: unknown[] = []
  const hooks = { decide, changed: () => ++changes, failed: (error: unknown) => void errors.push(error) }
  return { rules: new AccessRules(hooks), changes: () => changes, errors }
}

function ask(rules: AccessRules, peer: PeerId, cid: CID): Verdict {
  return rules.verdict(peer, { cid, key: cidKey(cid) })
}

describe('AccessRules', () => {
  it('serve everybody everything while there are none', () => {
    const { rules } = rulesWith()
    expect([rules.admits(ALICE), ask(rules, ALICE, A)]).toEqual([true, 'serve'])
  })

  it('deny a block as if it were not here, under any CID of its multihash', () => {
    const { rules } = rulesWith()
    rules.deny({ cid: A })
    const twin = CID.createV1(0x70, A.multihash)
    expect([ask(rules, ALICE, A), ask(rules, ALICE, twin), ask(rules, ALICE, B)]).toEqual([
      'dont-have',
      'dont-have',
      'serve'
    ])
  })

  it('a denied peer is not dealt with at all', () => {
    const { rules } = rulesWith()
    rules.deny({ peer: ALICE })
    expect([rules.admits(ALICE), rules.admits(BOB)]).toEqual([false, true])
    expect([ask(rules, ALICE, A), ask(rules, BOB, A)]).toEqual(['silent', 'serve'])
  })

  it('to allow one peer, or one CID, is to deny the others', () => {
    const { rules } = rulesWith()
    rules.allow({ peer: ALICE })
    expect([ask(rules, ALICE, A), ask(rules, BOB, A), rules.admits(BOB)]).toEqual(['serve', 'dont-have', true])
    rules.allow({ cid: A })
    expect([ask(rules, ALICE, A), ask(rules, ALICE, B), ask(rules, BOB, A)]).toEqual([
      'serve',
      'dont-have',
      'dont-have'
    ])
    rules.remove({ peer: ALICE })
    rules.remove({ cid: A })
    expect([ask(rules, BOB, A), ask(rules, BOB, B)]).toEqual(['serve', 'serve'])
  })

  it('a rule on peer and CID comes before one on either', () => {
    const { rules } = rulesWith()
    rules.deny({ cid: A })
    rules.allow({ peer: ALICE, cid: A })
    rules.deny({ peer: ALICE, cid: B })
    expect([ask(rules, ALICE, A), ask(rules, BOB, A)]).toEqual(['serve', 'dont-have'])
    expect([ask(rules, ALICE, B), ask(rules, BOB, B)]).toEqual(['dont-have', 'serve'])
  })

  it('where none says anything the function of the owner decides, and denies when it fails', () => {
    const { rules, errors } = rulesWith((peer) => {
      if (peer === BOB) throw new Error('no idea')
      return 'silent'
    })
    expect([ask(rules, ALICE, A), ask(rules, BOB, A), errors.length]).toEqual(['silent', 'dont-have', 1])
    rules.allow({ peer: ALICE, cid: A })
    expect(ask(rules, ALICE, A)).toBe('serve')
  })

  it('serve whoever asks without a name as a peer that no rule names, and not at all where a function decides', () => {
    const { rules } = rulesWith()
    expect(rules.serves(A)).toBe(true)
    rules.deny({ peer: BOB })
    rules.deny({ peer: ALICE, cid: A })
    rules.allow({ peer: ALICE, cid: B })
    expect(rules.serves(A)).toBe(true)
    rules.allow({ cid: A })
    expect([rules.serves(A), rules.serves(B)]).toEqual([true, false])
    rules.allow({ peer: ALICE })
    expect([rules.serves(A), rules.serves(B)]).toEqual([false, false])
    rules.remove({ peer: ALICE })
    expect(rules.serves(A)).toBe(true)
    expect(rulesWith(() => 'serve').rules.serves(A)).toBe(false)
  })

  it('tell of changes, and only of changes; a rule replaces the one on the same', () => {
    const { rules, changes } = rulesWith()
    rules.deny({ cid: A })
    rules.deny({ cid: A })
    expect(changes()).toBe(1)
    rules.allow({ cid: A })
    expect(rules.rules()).toEqual([{ effect: 'allow', cid: A }])
    expect([rules.remove({ cid: A }), rules.remove({ cid: A }), changes()]).toEqual([true, false, 3])
    expect(() => rules.deny({})).toThrow(expect.objectContaining({ code: 'ERR_INVALID_PARAMETERS' }))
  })

  it('mean the same however they came about: rules taken back leave no trace', () => {
    const target = fc.record({
      effect: fc.constantFrom('allow' as const, 'deny' as const),
      peer: fc.constantFrom(undefined, ALICE, BOB),
      cid: fc.constantFrom(undefined, A, B)
    })
    const steps = fc.array(target.filter(({ peer, cid }) => peer !== undefined || cid !== undefined))
    property(
      fc.property(steps, steps, (kept, dropped) => {
        const { rules } = rulesWith()
        for (const { effect, ...of } of dropped) rules[effect](of)
        for (const of of dropped) rules.remove(of)
        for (const { effect, ...of } of kept) rules[effect](of)
        const fresh = rulesWith().rules
        for (const { effect, ...of } of rules.rules()) fresh[effect](of)
        for (const peer of [ALICE, BOB]) {
          for (const cid of [A, B]) expect(ask(rules, peer, cid)).toBe(ask(fresh, peer, cid))
        }
        for (const cid of [A, B]) expect(rules.serves(cid)).toBe(ask(rules, STRANGER, cid) === 'serve')
      })
    )
  })
})
