import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { many, SessionWorld, want } from '../support/session-world.ts'

/** What the session asks of others, each call counted. */
interface Calls {
  lookups: number
  targets: number
  messages: number
}

/** A session with many wants, and as many strangers of the internet, that is about to begin its first round. */
function crowd(wants: number, peers: number) {
  const world = new SessionWorld()
  const calls: Calls = { lookups: 0, targets: 0, messages: 0 }
  count(world.peers, ['presence', 'evidence', 'pace', 'isTrusted', 'trust'], () => calls.lookups++)
  count(world.peers, ['bystander'], () => calls.targets++)
  count(world.wants, ['ask', 'retract'], () => calls.messages++)
  world.connectRemote(...many(peers, 'p').map((name) => toPeerId(name)))
  want(world.session(), many(wants))
  return { world, calls }
}

function count<Part extends object>(part: Part, names: readonly (keyof Part)[], called: () => void): void {
  for (const name of names) {
    const real = part[name]
    if (typeof real !== 'function') throw new Error(`${String(name)} is no method`)
    const counted = (...args: unknown[]): unknown => {
      called()
      return Reflect.apply(real, part, args)
    }
    Object.defineProperty(part, name, { value: counted })
  }
}

/** Calls made until the peers have nothing to do but wait. Where they answer, they deny all that they are asked. */
function spent(calls: Calls, run: () => void): Calls {
  const before = { ...calls }
  run()
  return {
    lookups: calls.lookups - before.lookups,
    targets: calls.targets - before.targets,
    messages: calls.messages - before.messages
  }
}

describe('a round of a session that finds nothing', () => {
  it('costs as much as it has wants and peers, not as much as one times the other', () => {
    const { world, calls } = crowd(1_000, 1_000)
    const first = spent(calls, () => void world.step())
    expect(first.targets).toBeLessThanOrEqual(1_000)
    expect(first.lookups).toBeLessThanOrEqual(4 * 1_000)
    for (let round = 0; round < 6; round++) {
      const later = spent(calls, () => void world.pass(1_000, 1_000))
      // Asked as a last resort are some of those that nobody speaks for: each is looked at, and so are those who denied it.
      expect(later.targets).toBeLessThanOrEqual(2 * 1_000)
      expect(later.lookups).toBeLessThanOrEqual(8 * (1_000 + later.messages))
      for (const [peer, wantlist] of world.wantlists) {
        for (const key of wantlist.keys()) world.wants.presence(peer, key, false)
      }
    }
  })

  it('tells silent peers of a few thousand wants at a time, and of all of them before long', () => {
    const { world, calls } = crowd(1_000, 0)
    const peers = many(32, 'q').map((name) => toPeerId(name))
    world.connect(...peers)
    let most = 0
    for (let ms = 0; ms < 9_000; ms++) most = Math.max(most, spent(calls, () => void world.pass(1, 1)).messages)
    expect(most).toBeLessThanOrEqual(4_096 + 32 * 32)
    for (const peer of peers) expect(world.wantlists.get(peer)?.size).toBe(1_000)
  })

  it('looks no further than one want needs, where anybody may be asked', () => {
    const { world, calls } = crowd(1, 0)
    world.connect(...many(1_000, 'q').map((name) => toPeerId(name)))
    const { targets } = spent(calls, () => void world.step())
    expect(targets).toBeLessThanOrEqual(64)
  })
})
