import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { PeerRing } from '../../src/session/peer-ring.ts'
import { key } from '../support/names.ts'
import { many } from '../support/session-world.ts'

const CROWD = many(100, 'p').map((name) => toPeerId(name))

function first(ring: PeerRing, name: string, count: number): PeerId[] {
  return [...ring.from(key(name))].slice(0, count)
}

describe('PeerRing', () => {
  it('is in the same order for a block, whoever came first, and has everybody in it once', () => {
    const ring = new PeerRing(CROWD)
    expect(first(ring, 'a', 100)).toEqual(first(new PeerRing(CROWD.toReversed()), 'a', 100))
    expect(first(ring, 'a', 200).toSorted()).toEqual(CROWD.toSorted())
  })

  it('hardly changes when a peer comes or goes', () => {
    const [before, after] = [new PeerRing(CROWD), new PeerRing(CROWD.slice(1))]
    const kept = many(100).map((name) => {
      const was = new Set(first(before, name, 4))
      return first(after, name, 4).filter((peer) => was.has(peer)).length
    })
    expect(Math.min(...kept)).toBeGreaterThanOrEqual(2)
  })

  it('gives everybody a turn over many blocks', () => {
    const ring = new PeerRing(CROWD)
    const turns = new Map(CROWD.map((peer) => [peer, 0]))
    for (const name of many(1_000)) for (const peer of first(ring, name, 3)) turns.set(peer, (turns.get(peer) ?? 0) + 1)
    expect(Math.min(...turns.values())).toBeGreaterThan(8)
    expect(Math.max(...turns.values())).toBeLessThan(80)
  })

  it('of nobody is empty', () => {
    expect(first(new PeerRing([]), 'a', 3)).toEqual([])
  })
})
