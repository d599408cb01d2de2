import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../support/manual-clock.ts'
import { blockMessage, fillOf, wantMessage } from './messages.ts'
import { type TestPeer, type TestPeerOptions, addressesOf, standstill, startNode, startPeer } from './nodes.ts'
import { WirePeer, closed, pauseAfter } from './wire-peer.ts'

const BLOCK = 256 * 1024

/** A peer with our network, connected to one of bare streams. */
async function startWithWirePeer(options: TestPeerOptions = {}): Promise<readonly [TestPeer, WirePeer]> {
  const wire = await new WirePeer(await startNode()).start()
  const alice = await startPeer(options)
  return [alice, wire] as const
}

async function connect(alice: TestPeer, wire: WirePeer): Promise<TestPeer['id']> {
  return await alice.network.connect({ addresses: addressesOf(wire.node) })
}

/** Sends so much that some of it must wait for the peer; resolves as the sends do, with the fill of each that was sent. */
function fillUp(alice: TestPeer, peer: TestPeer['id'], count: number): { sent: number[]; all: Promise<unknown> } {
  const sent: number[] = []
  const all = Array.from({ length: count }, (_, i) =>
    alice.network.send(peer, blockMessage(BLOCK, i)).then(() => sent.push(i))
  )
  return { sent, all: Promise.allSettled(all) }
}

describe('PeerStream', () => {
  it('keeps one stream for all messages', async () => {
    const [alice, wire] = await startWithWirePeer()
    const peer = await connect(alice, wire)
    for (let i = 0; i < 10; i++) await alice.network.send(peer, await wantMessage(i))
    await wire.until(() => wire.messages().length === 10)
    expect(wire.streams.length).toBe(1)
    expect(wire.messages().map(({ wants }) => wants[0]?.priority)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('sends what had not left once more on a fresh stream when a stream that worked breaks', async () => {
    const [alice, wire] = await startWithWirePeer()
    wire.onMessage = (incoming) => {
      if (incoming === wire.streams[0]) pauseAfter(5)(incoming)
    }
    const peer = await connect(alice, wire)
    const { sent, all } = fillUp(alice, peer, 60)
    // The peer reads nothing: as much leaves as its window and the sockets take.
    await standstill(() => sent.length)
    const left = [...sent]
    expect(left.length).toBeGreaterThanOrEqual(5)
    expect(left.length).toBeLessThan(60)
    wire.streams[0]?.stream.abort(new Error('reset by the test'))
    await all
    expect(sent).toEqual(Array.from({ length: 60 }, (_, i) => i))
    await wire.until(() => wire.streams[1]?.messages.length === 60 - left.length)
    expect(wire.streams[1]?.messages.map(fillOf)).toEqual(sent.slice(left.length))
    expect(alice.witness.all('lost').length).toBe(1)
    expect(alice.network.stat().streamsLost).toBe(1)
  })

  it('tells once when a stream that had carried messages is reset while quiet, and opens another', async () => {
    const [alice, wire] = await startWithWirePeer()
    const peer = await connect(alice, wire)
    await alice.network.send(peer, await wantMessage(1))
    await wire.until(() => wire.messages().length === 1)
    wire.streams[0]?.stream.abort(new Error('reset by the test'))
    await alice.witness.until('lost')
    await alice.network.send(peer, await wantMessage(2))
    await wire.until(() => wire.messages().length === 2)
    expect(wire.streams.length).toBe(2)
    expect(alice.witness.seen.map(({ type }) => type)).toEqual(['connected', 'lost'])
  })

  it('does not try again, nor speak of loss, when a fresh stream breaks', async () => {
    const [alice, wire] = await startWithWirePeer()
    wire.onStream = (stream) => stream.abort(new Error('reset by the test'))
    const peer = await connect(alice, wire)
    await expect(alice.network.send(peer, blockMessage(1 << 21, 1))).rejects.toMatchObject({ name: 'SendFailedError' })
    expect(alice.witness.all('lost')).toEqual([])
  })

  it('refuses what waits when the peer disconnects', async () => {
    const [alice, wire] = await startWithWirePeer()
    wire.onStream = (stream) => stream.pause()
    const peer = await connect(alice, wire)
    const { sent, all } = fillUp(alice, peer, 60)
    await wire.until(() => wire.streams.length === 1)
    await wire.node.hangUp(alice.node.peerId)
    await all
    expect(sent.length).toBeLessThan(60)
    await alice.witness.until('disconnected')
    expect(alice.witness.seen.at(-1)).toEqual({ type: 'disconnected', peer })
  })

  it('closes its stream after a quiet minute, and not before', async () => {
    const clock = new ManualClock()
    const [alice, wire] = await startWithWirePeer({ clock })
    const peer = await connect(alice, wire)
    await alice.network.send(peer, await wantMessage(1))
    clock.advance(40_000)
    await alice.network.send(peer, await wantMessage(2))
    clock.advance(59_999)
    await alice.network.send(peer, await wantMessage(3))
    await wire.until(() => wire.messages().length === 3)
    expect(wire.streams.length).toBe(1)
    clock.advance(60_000)
    await wire.until(() => wire.streams[0]?.stream.status === 'closed')
    await alice.network.send(peer, await wantMessage(4))
    await wire.until(() => wire.streams[1]?.messages.length === 1)
    expect(alice.witness.all('lost')).toEqual([])
  })

  it('cuts off a peer that does not read for a minute', async () => {
    const clock = new ManualClock()
    const [alice, wire] = await startWithWirePeer({ clock })
    wire.onMessage = pauseAfter(5)
    const peer = await connect(alice, wire)
    const { sent, all } = fillUp(alice, peer, 60)
    await wire.until(() => wire.streams.length === 1)
    const stream = wire.streams[0]?.stream
    if (stream === undefined) throw new Error('no stream')
    const ended = closed(stream)
    const last = alice.network.send(peer, blockMessage(1, 1))
    const refused = expect(last).rejects.toMatchObject({
      name: 'SendFailedError',
      message: expect.stringContaining('took less than 64 KiB') as string
    })
    await standstill(() => sent.length)
    clock.advance(59_999)
    expect(stream.status).toBe('open')
    clock.advance(1)
    await refused
    await all
    expect(await ended).toBeInstanceOf(Error)
    expect(alice.witness.all('lost').length).toBe(1)
    expect(await alice.witness.until('disconnected')).toEqual({ type: 'disconnected', peer })
  })

  it('keeps a peer that takes little at a time, however long a message takes', async () => {
    const clock = new ManualClock()
    const [alice, wire] = await startWithWirePeer({ clock })
    let come = 0
    wire.onStream = (stream) => stream.addEventListener('message', ({ data }) => (come += data.byteLength))
    const peer = await connect(alice, wire)
    await alice.network.send(peer, blockMessage(1, 0))
    await wire.until(() => wire.messages().length === 1)
    const stream = wire.streams[0]?.stream
    if (stream === undefined) throw new Error('no stream')
    stream.pause()
    const sending = alice.network.send(peer, blockMessage(4_000_000, 1))
    let pauses = 0
    for (let before = -1; come < 4_000_000; pauses++) {
      // What the peer's window lets through, and no more.
      await expect.poll(() => stream.readBufferLength).toBeGreaterThan(0)
      await standstill(() => stream.readBufferLength)
      clock.advance(55_000)
      expect(come).toBeGreaterThan(before)
      before = come
      stream.resume()
      stream.pause()
    }
    await sending
    expect(pauses).toBeGreaterThan(2)
    expect(stream.status).toBe('open')
  })

  it('bounds what waits for one peer, in messages and in bytes', async () => {
    const [alice, wire] = await startWithWirePeer({ network: { maxQueuedMessages: 8, maxQueuedBytes: 64 * BLOCK } })
    wire.onStream = (stream) => stream.pause()
    const peer = await connect(alice, wire)
    let refusal: unknown
    const pending: Promise<unknown>[] = []
    const send = (size: number): void => {
      pending.push(
        alice.network.send(peer, blockMessage(size, 1)).catch((error: unknown) => {
          refusal ??= error
        })
      )
    }
    await expect(alice.network.send(peer, blockMessage(65 * BLOCK, 1))).rejects.toThrow('already wait for it')
    while (refusal === undefined) {
      send(BLOCK)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(refusal).toMatchObject({
      name: 'SendFailedError',
      message: expect.stringMatching(/: 8 messages of \d+ bytes already wait for it/) as string
    })
    await wire.node.hangUp(alice.node.peerId)
    await Promise.all(pending)
  })

  it('takes back a message whose sender gives up before it starts', async () => {
    const [alice, wire] = await startWithWirePeer()
    let first: { resume(): void } | undefined
    wire.onStream = (stream) => {
      stream.pause()
      first = stream
    }
    const peer = await connect(alice, wire)
    const { all } = fillUp(alice, peer, 60)
    const controller = new AbortController()
    const given = alice.network.send(peer, blockMessage(1, 201), { signal: controller.signal })
    const kept = alice.network.send(peer, blockMessage(1, 202))
    controller.abort(new Error('changed my mind'))
    await expect(given).rejects.toThrow('changed my mind')
    await wire.until(() => first !== undefined)
    first?.resume()
    await Promise.all([all, kept])
    await wire.until(() => wire.messages().some((message) => fillOf(message) === 202))
    expect(wire.messages().some((message) => fillOf(message) === 201)).toBe(false)
    const aborted = alice.network.send(peer, blockMessage(1, 1), { signal: AbortSignal.abort(new Error('too late')) })
    await expect(aborted).rejects.toThrow('too late')
  })

  it('refuses a message that is too long for the wire, and sends the others', async () => {
    const [alice, wire] = await startWithWirePeer()
    const peer = await connect(alice, wire)
    const long = alice.network.send(peer, blockMessage(5 * 1024 * 1024, 1))
    const good = alice.network.send(peer, blockMessage(10, 2))
    await expect(long).rejects.toMatchObject({ name: 'SendFailedError' })
    await good
    await wire.until(() => wire.messages().length === 1)
  })

  it('is not slowed down for one peer by another that does not read', async () => {
    const [alice, slow] = await startWithWirePeer()
    const fast = await new WirePeer(await startNode()).start()
    slow.onStream = (stream) => stream.pause()
    const [slowPeer, fastPeer] = [await connect(alice, slow), await connect(alice, fast)]
    const stuck = fillUp(alice, slowPeer, 60)
    await fillUp(alice, fastPeer, 60).all
    await fast.until(() => fast.messages().length === 60)
    expect(stuck.sent.length).toBeLessThan(60)
    await alice.node.hangUp(slow.node.peerId)
    await stuck.all
  })

  it('lets what was given to its stream leave when the network stops, counts it as sent, and refuses the rest', async () => {
    const [alice, wire] = await startWithWirePeer()
    wire.onMessage = pauseAfter(5)
    const peer = await connect(alice, wire)
    const { sent, all } = fillUp(alice, peer, 60)
    await standstill(() => sent.length)
    expect(sent.length).toBeLessThan(59)
    const stopped = alice.network.stop()
    wire.streams[0]?.stream.resume()
    await stopped
    await all
    expect(sent.length).toBeLessThan(60)
    expect(sent).toEqual(sent.map((_, i) => i))
    expect(wire.messages().map(fillOf)).toEqual(sent)
  })

  it('leaves no timer behind', async () => {
    const clock = new ManualClock()
    const [alice, wire] = await startWithWirePeer({ clock })
    const peer = await connect(alice, wire)
    await alice.network.send(peer, await wantMessage(1))
    await alice.network.stop()
    expect(clock.timers).toBe(0)
  })
})
