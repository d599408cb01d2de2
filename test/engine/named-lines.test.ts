import { expect, it } from 'vitest'
import { createMessage } from '../../src/message/message.ts'
import { NamedBlock, NamedWant, partsOf } from '../../src/message/named-block.ts'
import { ask, cidOf, EngineWorld, ernie, keyOf } from '../support/engine-world.ts'

/** A line whose CID must not be made. */
function sealed<Line extends NamedBlock>(line: Line): Line {
  return Object.defineProperty(line, 'cid', {
    get: () => {
      throw new Error('a CID was made that nobody needs')
    }
  })
}

it('a want told again under its CID, and a cancel, are dealt with by the key: no CID is made', async () => {
  const world = new EngineWorld()
  const parts = partsOf({ cid: cidOf('x'), key: keyOf('x') })
  world.connect(ernie).wants(ernie, ask('x', 'have'))
  await world.clock.settle()
  const again = sealed(new NamedWant(parts, 'block', 7, true))
  await world.engine.receivedWants(ernie, createMessage({ wants: [again] }))
  expect(world.engine.wantlistOf(ernie)).toMatchObject([{ type: 'block', priority: 7 }])
  await world.engine.receivedWants(ernie, createMessage({ cancels: [sealed(new NamedBlock(parts))] }))
  expect(world.wantlist()).toEqual([])
})
