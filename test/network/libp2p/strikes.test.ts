import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../../src/ids.ts'
import { createMessage } from '../../../src/message/message.ts'
import { hasEnded } from '../../../src/network/libp2p/finish-stream.ts'
import { MAX_EMPTY_PER_SECOND } from '../../../src/network/libp2p/remote-peer.ts'
import { wantMessage } from './messages.ts'
import { startNode, startPeer } from './nodes.ts'
import { closed, frameOf, openStream } from './wire-peer.ts'

const TOO_LONG = Uint8Array.of(0x81, 0x80, 0x80, 0x02)

describe('A peer that breaks the rules', () => {
  it('is told of each time; expelled, it is disconnected and refused, and one beside it is not', async () => {
    const bob = await startPeer()
    const [bad, honest] = [await startNode(), await startNode()]
    const good = await openStream(honest, bob.node)
    good.send(frameOf(await wantMessage(1)))
    await bob.witness.until('received')
    for (let i = 1; i <= 2; i++) {
      const stream = await openStream(bad, bob.node)
      const ended = closed(stream)
      stream.send(TOO_LONG)
      await ended
      expect((await bob.witness.until('struck', i)).peer).toBe(toPeerId(bad.peerId))
    }
    bob.witness.refused.add(toPeerId(bad.peerId))
    bob.network.expel(toPeerId(bad.peerId), 'enough')
    const { peer } = await bob.witness.until('disconnected')
    expect(peer).toBe(toPeerId(bad.peerId))
    await bad.hangUp(bob.node.peerId)
    await expect(bob.network.connect({ peer, addresses: [] })).rejects.toThrow('denied or banned')
    // Reset as soon as it is opened, which may be before the opening is through.
    const again = await openStream(bad, bob.node).catch(() => undefined)
    if (again !== undefined && !hasEnded(again)) await closed(again)
    expect(bob.network.stat().peers).toBe(1)
    await expect.poll(() => bob.node.getConnections(bad.peerId).length).toBe(0)
    good.send(frameOf(await wantMessage(2)))
    await bob.witness.until('received', 2)
  })

  it('with floods of empty messages, too', async () => {
    const bob = await startPeer()
    const bad = await startNode()
    const stream = await openStream(bad, bob.node)
    const empty = frameOf(createMessage({}))
    const flood = Array.from({ length: MAX_EMPTY_PER_SECOND + 1 }, () => empty)
    stream.send(Buffer.concat(flood))
    expect((await bob.witness.until('struck')).reason).toContain('empty')
  })
})
