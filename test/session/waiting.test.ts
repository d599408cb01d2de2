import { describe, expect, it } from 'vitest'
import { ALICE, BOB, key } from '../support/names.ts'
import { many, SessionWorld, want } from '../support/session-world.ts'
import { LOOK_AGAIN_MS } from '../../src/session/waiting.ts'
import type { Session } from '../../src/session/session.ts'

/** Alice owes as much as anybody may ask of her; gets wait for her, each a session of its own. */
function crowd(count: number, options: ConstructorParameters<typeof SessionWorld>[0] = {}) {
  const world = new SessionWorld(options).connect(ALICE)
  const hint = [{ peer: ALICE, addresses: [] }]
  const gets = many(count, 'g').map((name) => {
    const session = world.session(hint)
    const waiter = want(session, [name])
    return { name, session, waiter }
  })
  world.step()
  return { world, gets }
}

/** No net, and no other timer, is what wakes them: time stands still. */
function drain(world: SessionWorld): void {
  for (let round = 0; round < 1_000 && world.wantlist(ALICE).length > 0; round++) {
    world.sends(ALICE, ...world.wantlist(ALICE).slice(0, 1))
    world.step()
  }
}

describe('sessions that wait for room', () => {
  it('are asked for in the order they came, without a timer; a new one does not overtake them', () => {
    const { world, gets } = crowd(300)
    expect(world.wantlist(ALICE).length).toBeLessThan(300)
    want(world.session([{ peer: ALICE, addresses: [] }]), ['late'])
    world.step()
    const order: string[] = []
    for (let round = 0; round < 301; round++) {
      const [next] = world.wantlist(ALICE)
      if (next === undefined) break
      order.push(next)
      world.sends(ALICE, next)
      world.step()
    }
    expect(order).toEqual([...gets.map(({ name }) => name), 'late'])
    expect(world.clock.now()).toBe(0)
  })

  it.each<
    [name: string, act: (world: SessionWorld, session: Session, index: number, names: ReturnType<typeof crowd>) => void]
  >([
    [
      'closed',
      (_world, session) => {
        session.close()
      }
    ],
    [
      'no longer wanted',
      (_world, session, index, { gets }) => {
        const get = gets[index]
        if (get !== undefined) session.unwant(key(get.name), get.waiter)
      }
    ]
  ])('one that is %s while it waits, or just when it was told, leaves its turn to the next', (_name, act) => {
    const all = crowd(200)
    const { world, gets } = all
    const asked = world.wantlist(ALICE)
    // All that were asked for, and half of those that wait, in one go with the room they would have had.
    for (const [index, { name, session }] of gets.entries()) {
      if (asked.includes(name) || index % 2 === 0) act(world, session, index, all)
    }
    world.step()
    drain(world)
    const rest = gets.filter(({ name }, index) => !asked.includes(name) && index % 2 === 1)
    expect(rest.map(({ waiter }) => waiter.heard.length)).toEqual(rest.map(() => 1))
    expect(world.clock.now()).toBe(0)
  })

  it('a want that ends elsewhere leaves its turn to the next', () => {
    const { world, gets } = crowd(200)
    for (const { name } of gets.slice(100)) world.wants.fulfil(key(name), new Uint8Array(1), undefined)
    for (const { name } of gets.slice(0, 50)) world.wants.fulfil(key(name), new Uint8Array(1), undefined)
    world.step()
    drain(world)
    expect(gets.every(({ waiter }) => waiter.heard.length === 1)).toBe(true)
    expect(world.clock.now()).toBe(0)
  })

  it('a peer that leaves, or stalls, sends those that wait for it to another', () => {
    for (const leaves of [true, false]) {
      const { world, gets } = crowd(100)
      world.connect(BOB)
      if (leaves) world.disconnect(ALICE)
      const log = leaves ? world.step() : world.pass(8_000, 50)
      expect(log.some((line) => line.startsWith('bob: '))).toBe(true)
      for (let round = 0; round < 100; round++) {
        world.sends(BOB, ...world.wantlist(BOB))
        world.pass(5)
      }
      expect(gets.filter(({ waiter }) => waiter.heard.length === 1).length).toBe(100)
    }
  })

  it('a peer that denies what it was asked for makes room', () => {
    const { world } = crowd(100)
    const seen = new Set(world.wantlist(ALICE))
    for (let round = 0; round < 10; round++) {
      world.lacks(ALICE, ...world.wantlist(ALICE))
      world.step()
      for (const name of world.wantlist(ALICE)) seen.add(name)
    }
    expect([seen.size, world.clock.now()]).toEqual([100, 0])
  })

  it('are not looked at while nothing happens, but for a net of seconds', () => {
    const { world } = crowd(300)
    let looks = 0
    const evidence = world.peers.evidence.bind(world.peers)
    Object.defineProperty(world.peers, 'evidence', { value: (of: never) => (looks++, evidence(of)) })
    world.pass(900)
    expect(looks).toBe(0)
    expect(LOOK_AGAIN_MS).toBeGreaterThanOrEqual(5_000)
  })
})
