import { describe, expect, it } from 'vitest'
import { viewOf, Want } from '../../src/engine/want.ts'
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
    expect(viewOf(merged)).toEqual(want('a', result))
  })
})
