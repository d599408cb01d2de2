import { describe, expect, it } from 'vitest'
import type { PeerId } from '../../src/ids.ts'
import { Door } from '../../src/peers/door.ts'
import { ALICE, BOB } from '../support/names.ts'

const MODERN = { presences: true }

function world(...denied: readonly PeerId[]) {
  const banned = new Set(denied)
  const inside = new Set<PeerId>()
  const expelled: PeerId[] = []
  const door = new Door({
    admits: (peer) => !banned.has(peer),
    peers: () => inside,
    enter: (peer) => void inside.add(peer),
    leave: (peer) => void inside.delete(peer),
    expel: (peer) => void expelled.push(peer)
  })
  return { door, banned, inside, expelled }
}

describe('Door', () => {
  it('keeps out whom the network lets through all the same, for as long as it must', () => {
    const { door, banned, inside, expelled } = world(ALICE)
    door.connected(ALICE, MODERN)
    door.connected(BOB, MODERN)
    expect([[...inside], expelled, door.isOutside(ALICE), door.isOutside(BOB)]).toEqual([[BOB], [ALICE], true, false])
    banned.delete(ALICE)
    door.review()
    expect([[...inside], door.isOutside(ALICE)]).toEqual([[BOB, ALICE], false])
  })

  it('has those expelled that are no longer admitted, who leave when the network says so', () => {
    const { door, banned, inside, expelled } = world()
    door.connected(ALICE, MODERN)
    banned.add(ALICE)
    door.review()
    expect([[...inside], expelled]).toEqual([[ALICE], [ALICE]])
    door.disconnected(ALICE)
    expect([...inside]).toEqual([])
  })

  it('forgets those outside when they go, and all of them when it is closed', () => {
    const { door, banned, inside } = world(ALICE, BOB)
    door.connected(ALICE, MODERN)
    door.connected(BOB, MODERN)
    door.disconnected(ALICE)
    expect([door.isOutside(ALICE), door.isOutside(BOB)]).toEqual([false, true])
    door.close()
    banned.clear()
    door.review()
    expect([...inside]).toEqual([])
  })
})
