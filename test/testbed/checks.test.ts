import { describe, expect, it } from 'vitest'
import { checkAgreement, checkEndings, checkLedgers, type Report } from './checks.ts'
import type { PeerState } from './peer-calls.ts'

const QUIET: PeerState = {
  wants: [],
  partners: [],
  wantsOf: {},
  ledgers: [],
  connections: 1,
  blocksReceived: 0,
  duplicates: 0,
  redials: 0
}

function pair(one: Partial<PeerState> = {}, two: Partial<PeerState> = {}): Report[] {
  return [
    { host: 1, id: 'alice', state: { ...QUIET, partners: ['bob'], wantsOf: { bob: [] }, ...one } },
    { host: 2, id: 'bob', state: { ...QUIET, partners: ['alice'], wantsOf: { alice: [] }, ...two } }
  ]
}

describe('how wants must end', () => {
  const wanted = [{ number: 7, size: 3 }]
  const digestOf = (): string => 'right'
  const check = (ending: object, expected: 'block' | 'given-up' = 'block'): string[] =>
    checkEndings(1, wanted, [{ number: 7, ms: 5, ...ending }], expected, digestOf)

  it('with the right bytes', () => {
    expect(check({ sha256: 'right', bytes: 3 })).toEqual([])
    expect(check({ sha256: 'wrong', bytes: 3 })).toEqual(['host 1: want 7 of 3 bytes came with wrong bytes'])
    expect(check({ sha256: 'right', bytes: 2 })).toEqual(['host 1: want 7 of 3 bytes came with 2 bytes'])
  })

  it('and not with a failure, a second time, or not at all', () => {
    expect(check({ failed: 'Error: no' })).toEqual(['host 1: want 7 of 3 bytes failed after 5 ms: Error: no'])
    expect(checkEndings(1, wanted, [], 'block', digestOf)).toEqual(['host 1: want 7 of 3 bytes never ended'])
    const twice = [1, 2].map((ms) => ({ number: 7, ms, sha256: 'right', bytes: 3 }))
    expect(checkEndings(1, wanted, twice, 'block', digestOf)).toEqual(['host 1: 1 wants ended twice'])
  })

  it('when nobody has the block, with the patience of the caller', () => {
    expect(check({ failed: 'TimeoutError: aborted' }, 'given-up')).toEqual([])
    expect(check({ failed: 'NotFoundError: no' }, 'given-up')).toHaveLength(1)
    expect(check({ sha256: 'right', bytes: 3 }, 'given-up')).toHaveLength(1)
  })
})

describe('what both sides of a connection must agree on', () => {
  const none = new Map<number, string[]>()
  const standing = new Map([[1, ['x']]])

  it('nothing is wanted, and nobody believes otherwise', () => {
    expect(checkAgreement(pair(), none)).toEqual([])
    expect(checkAgreement(pair({ wants: ['x'] }), none)).toEqual(['host 1 still wants x'])
    expect(checkAgreement(pair({}, { wantsOf: { alice: ['x'] } }), none)).toEqual([
      'host 2 holds a want that host 1 let go: x'
    ])
  })

  it('everybody knows of a standing want', () => {
    expect(checkAgreement(pair({ wants: ['x'] }, { wantsOf: { alice: ['x'] } }), standing)).toEqual([])
    expect(checkAgreement(pair({ wants: ['x'] }), standing)).toEqual(['host 2 was not told that host 1 wants x'])
    expect(checkAgreement(pair({}, { wantsOf: { alice: [] } }), standing)).toContain('host 1 forgot that it wants x')
  })

  it('they are partners', () => {
    expect(checkAgreement(pair({ partners: [] }), none)).toEqual(['hosts 1 and 2 are apart'])
    expect(checkAgreement(pair({}, { wantsOf: {} }), none)).toEqual(['hosts 1 and 2 are apart'])
  })

  it('nobody received more than was sent', () => {
    const took = { ledgers: [{ peer: 'bob', sent: 0, received: 10 }] }
    const gave = (sent: number) => ({ ledgers: [{ peer: 'alice', sent, received: 0 }] })
    expect(checkLedgers(pair(took, gave(10)))).toEqual([])
    expect(checkLedgers(pair(took, gave(12)))).toEqual([])
    expect(checkLedgers(pair(took, gave(9)))).toEqual(['host 1 received 10 bytes of host 2, which sent 9'])
  })
})
