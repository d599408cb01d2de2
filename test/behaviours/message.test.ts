import { describe, expect, it } from 'vitest'
import { createMessage, type Message } from '../../src/message/message.ts'
import { throughCodec } from '../../src/simulation/wire.ts'
import { blocks, Swarm, type SwarmPeer } from '../support/swarm.ts'
import { first, presenceOf, Puppet, wantOf, wireBlock } from './puppet.ts'

const [WANTED, HELD, UNKNOWN] = blocks(3, 3_000)
if (WANTED === undefined || HELD === undefined || UNKNOWN === undefined) throw new Error('three blocks')

/** A peer that wants WANTED and holds HELD, and a puppet it is connected to; every byte is written and read. */
async function pair(): Promise<{ swarm: Swarm; bob: SwarmPeer; puppet: Puppet; request: Promise<Uint8Array> }> {
  const swarm = new Swarm({ wire: throughCodec })
  const bob = await swarm.add('bob')
  const puppet = await Puppet.join(swarm, 'puppet')
  await swarm.clock.until(puppet.port.connect({ peer: bob.id, addresses: [] }))
  await bob.has([HELD as NonNullable<typeof HELD>])
  const request = bob.bitswap.get((WANTED as NonNullable<typeof WANTED>).cid)
  request.catch(() => undefined)
  await swarm.clock.advance(100)
  return { swarm, bob, puppet, request }
}

describe('a message that says nothing of use', () => {
  it.each<[name: string, message: Message]>([
    ['nothing at all', createMessage({})],
    ['an empty wantlist in full', createMessage({ full: true })],
    ['words on a block that nobody asked about', createMessage({ presences: [presenceOf(UNKNOWN, true)] })],
    ['a cancel of what was never wanted', createMessage({ cancels: [wantOf(UNKNOWN)] })],
    ['a block that nobody wants', createMessage({ blocks: [wireBlock(UNKNOWN)] })],
    [
      'that it has what it is asked for, twice',
      createMessage({ presences: [presenceOf(WANTED, true), presenceOf(WANTED, true)] })
    ]
  ])('harms nothing: %s', async (_name, message) => {
    const { swarm, bob, puppet, request } = await pair()
    puppet.says(bob, message)
    await swarm.clock.advance(100)
    puppet.says(bob, { wants: [wantOf(HELD)], blocks: [wireBlock(WANTED)] })
    expect(await swarm.clock.until(request, 500)).toEqual(WANTED.bytes)
    await swarm.clock.advance(100)
    expect(puppet.blocks.map(({ bytes }) => bytes)).toEqual([HELD.bytes])
    expect([bob.store.has(UNKNOWN.cid), bob.bitswap.stat().faults]).toEqual([false, 0])
    expect(bob.bitswap.trust.of(puppet.id)?.banned).toBeUndefined()
  })
})

describe('a message that contradicts itself', () => {
  it.each([true, false])('a block in it counts, whatever it says of the same block: have %s', async (have) => {
    const { swarm, bob, puppet, request } = await pair()
    puppet.says(bob, { presences: [presenceOf(WANTED, have)], blocks: [wireBlock(WANTED)] })
    expect(await swarm.clock.until(request, 500)).toEqual(WANTED.bytes)
    expect(bob.bitswap.ledger(puppet.id)?.bytesReceived).toBe(3_000)
    expect(bob.bitswap.trust.of(puppet.id)?.brokenPromises ?? 0).toBe(0)
  })

  it('the same want in it many times is one want, and one answer', async () => {
    const { swarm, bob, puppet } = await pair()
    puppet.says(bob, { wants: [wantOf(HELD, { type: 'have' }), wantOf(HELD), wantOf(HELD)] })
    await swarm.clock.advance(500)
    expect(puppet.blocks).toHaveLength(1)
    expect(puppet.answers(first([HELD]).cid)).toEqual([])
  })

  it('the same block in it many times is stored, and paid for, once', async () => {
    const { swarm, bob, puppet, request } = await pair()
    puppet.says(bob, { blocks: [wireBlock(WANTED), wireBlock(WANTED), wireBlock(WANTED)] })
    await swarm.clock.until(request, 500)
    await swarm.clock.advance(10)
    const { blocksReceived, dupBlocksReceived, unwantedBlocksReceived } = bob.bitswap.stat()
    expect([blocksReceived, dupBlocksReceived + unwantedBlocksReceived]).toEqual([3, 2])
    expect(bob.bitswap.ledger(puppet.id)).toMatchObject({ bytesReceived: 3_000, exchanges: 1 })
  })
})
