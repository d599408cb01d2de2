import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { viewsOf, Want } from '../../src/engine/want.ts'
import type { WantEntry } from '../../src/message/message.ts'
import { want } from '../support/engine-world.ts'

type Told = Pick<WantEntry, 'type' | 'priority' | 'sendDontHave'>

const MERGES: readonly (readonly [first: Told, second: Told, result: Told])[] = [
  [told('have'), told('have'), told('have')],
  [told('have'), told('block'), told('block')],
  [told('block'), told('have'), told('block')],
  [told('block'), told('block'), told('block')],
  [told('have', 1), told('have', 5), told('have', 5)],
  [told('have', 5), told('have', 1), told('have', 5)],
  [told('have', 5), told('block', 1), told('block', 5)],
  [told('block', 1), told('have', 5), told('block', 5)],
  [told('block', 1, false), told('block', 1, true), told('block', 1, true)],
  [told('block', 1, true), told('block', 1, false), told('block', 1, true)],
  [told('have', 1, true), told('block', 1, false), told('block', 1, true)],
  [told('block', 1, false), told('have', 1, true), told('block', 1, true)]
]

function told(type: WantEntry['type'], priority = 1, sendDontHave = false): Told {
  return { type, priority, sendDontHave }
}

describe('Want', () => {
  it.each(MERGES)('%o, then %o: %o', (first, second, result) => {
    const merged = new Want(want('a', first), 0)
    merged.merge(want('a', second))
    expect(viewsOf(merged)).toEqual([want('a', result)])
  })

  it('remembers other CIDs of the same bytes, so many of them', () => {
    const { cid } = want('a')
    const others = [0x70, 0x71, 0x70, 0x55, 0x72, 0x73].map((codec) => CID.createV1(codec, cid.multihash))
    const merged = new Want(want('a'), 0)
    for (const other of others) merged.merge(want('a', { cid: other }))
    expect(viewsOf(merged).map((view) => view.cid.code)).toEqual([0x55, 0x70, 0x71, 0x72])
    expect(merged.withdraw(cid)).toBe(false)
    expect(merged.withdraw(CID.createV1(0x71, cid.multihash))).toBe(false)
    expect(viewsOf(merged).map((view) => view.cid.code)).toEqual([0x70, 0x72])
  })

  it('is withdrawn whole under its only CID, or under one that was never named', () => {
    const { cid } = want('a')
    const dagPb = CID.createV1(0x70, cid.multihash)
    const merged = new Want(want('a'), 0)
    expect([merged.withdraw(cid), merged.withdraw(dagPb)]).toEqual([true, true])
    merged.merge(want('a', { cid: dagPb }))
    expect(merged.withdraw(CID.createV1(0x71, cid.multihash))).toBe(true)
  })
})
