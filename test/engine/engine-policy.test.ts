import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { AccessRules } from '../../src/policy/access-rules.ts'
import { ask, bert, cidOf, EngineWorld, ernie, want } from '../support/engine-world.ts'

function worldWithRules(): { world: EngineWorld; rules: AccessRules } {
  const rules = new AccessRules({ changed: () => world.engine.reviewAll(), failed: () => undefined })
  const world = new EngineWorld({}, undefined, { verdict: (peer, want) => rules.verdict(peer, want) })
  world.connect(ernie, bert)
  return { world, rules }
}

describe('Engine and policy', () => {
  it('denied content is neither served nor admitted: want-block, want-have, a small block, one that arrives late', async () => {
    const { world, rules } = worldWithRules()
    world.has('a', 'b')
    world.store.put('small', 10)
    for (const name of ['a', 'b', 'small', 'late']) rules.deny({ cid: cidOf(name), peer: ernie })
    world.wants(ernie, ask('a'), ask('b', 'have'), ask('small', 'have'), ask('late'))
    expect((await world.said()).toSorted()).toEqual(['dont-have a', 'dont-have b', 'dont-have late', 'dont-have small'])
    world.stores('late')
    world.stores('small', 10)
    expect(await world.said()).toEqual([])
    world.wants(bert, ask('a'), ask('late'))
    expect((await world.said(bert)).toSorted()).toEqual(['block a', 'block late'])
  })

  it('says nothing at all to whom it has nothing to say', async () => {
    const { world, rules } = worldWithRules()
    world.has('a')
    rules.deny({ peer: ernie })
    world.wants(ernie, ask('a'), ask('x'), ask('x', 'have'))
    expect(await world.said()).toEqual([])
  })

  it('a rule made while blocks wait holds for them; one taken back lets them go', async () => {
    const { world, rules } = worldWithRules()
    world.has('a', 'b')
    world.wants(ernie, ask('a'), ask('b'))
    // Looked up and queued, and the rule comes in the same turn, before anything is sent.
    rules.deny({ cid: cidOf('a') })
    expect((await world.said()).toSorted()).toEqual(['block b', 'dont-have a'])
    rules.remove({ cid: cidOf('a') })
    expect(await world.said()).toEqual(['block a'])
  })

  it('a have that waits to be told is told as its opposite', async () => {
    const { world, rules } = worldWithRules()
    world.has('a')
    world.wants(ernie, ask('a', 'have'))
    rules.deny({ cid: cidOf('a') })
    expect(await world.said()).toEqual(['dont-have a'])
  })

  it('a block that is being read when it is denied does not leave', async () => {
    const { world, rules } = worldWithRules()
    world.has('a')
    world.store.isAsync = true
    world.wants(ernie, ask('a'))
    for (let i = 0; i < 3; i++) world.clock.flush()
    await Promise.resolve().then(() => world.clock.flush())
    expect(world.store.calls.size).toBe(1)
    rules.deny({ cid: cidOf('a') })
    expect(await world.said()).toEqual(['dont-have a'])
  })

  it('a want that lost its place to another that is denied is dropped once, whatever the rules say of it', async () => {
    const rules = new AccessRules({ changed: () => world.engine.reviewAll(), failed: () => undefined })
    const options = { maxWantsPerPartner: 2, maxSharedWants: 1, maxInFlightBytesPerPartner: 2_048 }
    const world = new EngineWorld(options, undefined, { verdict: (peer, want) => rules.verdict(peer, want) })
    world.connect(ernie).has('under way', 'a', 'b')
    world.autoWrite = false
    world.wants(ernie, want('under way'))
    await world.clock.settle()
    world.wants(ernie, want('a', { priority: 9 }), want('missing'), want('b', { priority: 9 }))
    await world.clock.settle()
    expect(world.wantlist()).toEqual(['a', 'b', 'missing', 'under way'])
    rules.deny({ peer: ernie, cid: cidOf('missing') })
    rules.deny({ peer: ernie, cid: cidOf('a') })
    await world.clock.settle()
    expect(world.wantlist()).toEqual(['a', 'b', 'under way'])
    expect(world.engine.stat().overflowDropped).toBe(1)
  })

  it('looks at one partner in a turn, and at all of them', async () => {
    const { world, rules } = worldWithRules()
    const crowd = Array.from({ length: 50 }, (_, i) => toPeerId(`p${i}`))
    world.connect(...crowd).has('a')
    rules.deny({ cid: cidOf('a') })
    for (const peer of crowd) world.wants(peer, want('a'))
    await world.clock.settle()
    rules.remove({ cid: cidOf('a') })
    rules.deny({ cid: cidOf('b') })
    for (const peer of crowd) expect(await world.said(peer)).toEqual(['block a'])
  })
})
