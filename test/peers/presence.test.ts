import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CidKey, PeerId } from '../../src/ids.ts'
import { PresenceTable, type PresenceState } from '../../src/peers/presence.ts'
import { ALICE, BOB, CAROL, key } from '../support/names.ts'
import { property } from '../support/seed.ts'

const TTL_MS = 1_000
const A = key('a')
const B = key('b')

describe('PresenceTable', () => {
  it.each<[name: string, said: readonly (readonly [have: boolean, at: number])[], asked: number, state: PresenceState]>(
    [
      ['nothing was said', [], 0, 'unknown'],
      ['a have', [[true, 0]], 0, 'have'],
      ['a have of long ago', [[true, 0]], 1e9, 'have'],
      ['a dont-have', [[false, 0]], 0, 'dont-have'],
      ['a dont-have until it fades', [[false, 0]], 999, 'dont-have'],
      ['a dont-have that faded', [[false, 0]], 1_000, 'unknown'],
      ['a dont-have said again', [[false, 0], [false, 900]], 1_500, 'dont-have'], // prettier-ignore
      ['a dont-have after a have', [[true, 0], [false, 1]], 2, 'dont-have'], // prettier-ignore
      ['a have after a dont-have', [[false, 0], [true, 1]], 2, 'have'], // prettier-ignore
      ['a dont-have after a have, that faded', [[true, 0], [false, 1]], 5_000, 'unknown'] // prettier-ignore
    ]
  )('%s', (_name, said, asked, state) => {
    const table = new PresenceTable(10, TTL_MS)
    for (const [have, at] of said) table.record(ALICE, A, have, at)
    expect(table.of(ALICE, A, asked)).toBe(state)
  })

  it('keeps peers and blocks apart', () => {
    const table = new PresenceTable(10, TTL_MS)
    table.record(ALICE, A, true, 0)
    table.record(BOB, A, false, 0)
    table.record(ALICE, B, false, 0)
    const states = [ALICE, BOB, CAROL].map((peer) => [table.of(peer, A, 1), table.of(peer, B, 1)])
    expect(states).toEqual([
      ['have', 'dont-have'],
      ['dont-have', 'unknown'],
      ['unknown', 'unknown']
    ])
  })

  it('counts who said last that it has a block', () => {
    const table = new PresenceTable(10, TTL_MS)
    const haves = () => table.about(A)?.haves
    expect(haves()).toBeUndefined()
    for (const have of [true, true, false, true]) table.record(ALICE, A, have, 0)
    table.record(BOB, A, false, 0)
    table.record(CAROL, A, true, 0)
    expect([haves(), table.about(A)?.said('dont-have', 1)]).toEqual([2, [BOB]])
    table.forgetPeer(BOB)
    table.forgetPeer(CAROL)
    table.forgetPeer(CAROL)
    expect(haves()).toBe(1)
    table.record(ALICE, A, false, 0)
    expect([haves(), table.about(A)?.said('dont-have', TTL_MS)]).toEqual([0, []])
  })

  it('forgets a block, and forgets a peer', () => {
    const table = new PresenceTable(10, TTL_MS)
    for (const peer of [ALICE, BOB]) for (const of of [A, B]) table.record(peer, of, true, 0)
    table.forget(A)
    table.forget(A)
    expect([table.size, table.of(ALICE, A, 0), table.of(ALICE, B, 0)]).toEqual([2, 'unknown', 'have'])
    table.forgetPeer(ALICE)
    table.forgetPeer(ALICE)
    expect([table.size, table.of(ALICE, B, 0), table.of(BOB, B, 0)]).toEqual([1, 'unknown', 'have'])
    table.forgetPeer(BOB)
    expect(table.size).toBe(0)
  })

  it('holds no more than its bound: the block heard of longest ago goes, not the one first heard of', () => {
    const table = new PresenceTable(3, TTL_MS)
    for (const name of ['a', 'b', 'c']) table.record(ALICE, key(name), true, 0)
    table.record(ALICE, A, true, 1)
    table.record(ALICE, key('d'), true, 2)
    expect(['a', 'b', 'c', 'd'].map((name) => table.of(ALICE, key(name), 3))).toEqual([
      'have',
      'unknown',
      'have',
      'have'
    ])
    expect(table.size).toBe(3)
  })

  it('holds no more than its bound of one block, too', () => {
    const table = new PresenceTable(1, TTL_MS)
    table.record(ALICE, A, true, 0)
    table.record(BOB, A, true, 0)
    expect(table.size).toBe(0)
  })

  it('denials go before what somebody has, however old that is, but for those of the block that was just spoken of', () => {
    const table = new PresenceTable(3, TTL_MS)
    const states = () => ['a', 'b', 'c', 'd'].map((name) => table.of(ALICE, key(name), 0))
    table.record(ALICE, A, true, 0)
    for (const name of ['b', 'c', 'd']) table.record(ALICE, key(name), false, 0)
    expect(states()).toEqual(['have', 'unknown', 'dont-have', 'dont-have'])
    for (const name of ['c', 'd']) table.record(ALICE, key(name), true, 0)
    expect(states()).toEqual(['have', 'unknown', 'have', 'have'])
    table.record(ALICE, B, false, 0)
    expect([states(), table.size]).toEqual([['unknown', 'dont-have', 'have', 'have'], 3])
  })

  it('counts what it holds, and never more than its bound, whatever is said and forgotten', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const peers: readonly PeerId[] = [ALICE, BOB, CAROL]
    const anyStep = fc.record({
      peer: fc.constantFrom(...peers),
      of: fc.constantFrom(...names).map(key),
      act: fc.constantFrom('have', 'dont-have', 'have', 'dont-have', 'forget', 'forget peer')
    })
    const rule = fc.property(
      fc.array(anyStep, { maxLength: 60, size: 'max' }),
      fc.integer({ min: 1, max: 8 }),
      (steps, max) => {
        const table = new PresenceTable(max, TTL_MS)
        let now = 0
        for (const { peer, of, act } of steps) {
          if (act === 'forget') table.forget(of)
          else if (act === 'forget peer') table.forgetPeer(peer)
          else table.record(peer, of, act === 'have', now)
          now++
          const known = names.flatMap((name) => peers.filter((one) => table.of(one, key(name), now) !== 'unknown'))
          expect(table.size).toBe(known.length)
          expect(table.size).toBeLessThanOrEqual(max)
        }
      }
    )
    property(rule)
  })

  it('is quick to forget a peer among many blocks', () => {
    const table = new PresenceTable(100_000, TTL_MS)
    const keys: CidKey[] = Array.from({ length: 20_000 }, (_, number) => `k${number}` as CidKey)
    for (const of of keys) table.record(ALICE, of, true, 0)
    table.forgetPeer(ALICE)
    expect(table.size).toBe(0)
  })
})
