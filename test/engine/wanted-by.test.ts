import { describe, expect, it } from 'vitest'
import { WantedBy } from '../../src/engine/wanted-by.ts'
import { keyOf } from '../support/engine-world.ts'

describe('WantedBy', () => {
  it('knows all who wait, each once, and forgets keys nobody waits for', () => {
    const wanted = new WantedBy<string>()
    const [a, b] = [keyOf('a'), keyOf('b')]
    for (const who of ['ernie', 'ernie', 'bert', 'oscar', 'bert']) wanted.add(a, who)
    wanted.add(b, 'bert')
    expect([wanted.get(a), wanted.get(b), wanted.get(keyOf('c'))]).toEqual([['ernie', 'bert', 'oscar'], ['bert'], []])
    for (const who of ['bert', 'ernie', 'grover', 'oscar', 'oscar']) wanted.delete(a, who)
    wanted.delete(b, 'ernie')
    expect([wanted.get(a), wanted.get(b), wanted.size]).toEqual([[], ['bert'], 1])
    wanted.delete(b, 'bert')
    expect(wanted.size).toBe(0)
  })
})
