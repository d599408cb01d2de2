import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../support/manual-clock.ts'
import { hasEnded } from '../../../src/network/libp2p/finish-stream.ts'
import { HEADWAY_BYTES, Headway } from '../../../src/network/libp2p/headway.ts'
import { DEFAULT_NETWORK_OPTIONS } from '../../../src/network/libp2p/network-options.ts'
import { IncomingStream } from '../../../src/network/libp2p/incoming-stream.ts'
import { BITSWAP_PROTOCOLS } from '../../../src/network/libp2p/protocols.ts'
import { ReadBudget } from '../../../src/network/libp2p/read-budget.ts'
import { LIGHT_BYTES } from '../../../src/network/libp2p/read-pool.ts'
import { blockMessage, fillOf, wantMessage } from './messages.ts'
import {
  type TestPeer,
  type TestPeerOptions,
  addressesOf,
  standstill,
  startNode,
  startPair,
  startPeer
} from './nodes.ts'
import { closed, frameOf, openStream } from './wire-peer.ts'
import type { PartialMessage } from '../../../src/ports.ts'
import type { Libp2p, Stream } from '@libp2p/interface'

const MIB = 1024 * 1024

async function startWithNode(options: TestPeerOptions = {}): Promise<readonly [TestPeer, Libp2p]> {
  const bob = await startPeer(options)
  return [bob, await startNode()] as const
}

/** Lets the messages of a peer be dealt with one by one, by hand. */
function holdMessages(peer: TestPeer): (() => void)[] {
  const held: (() => void)[] = []
  peer.witness.onReceived = () => new Promise<void>((resolve) => held.push(resolve))
  return held
}

describe('IncomingStream', () => {
  it('keeps a stream that is quiet between messages, however long', async () => {
    const clock = new ManualClock()
    const [bob, node] = await startWithNode({ clock })
    const stream = await openStream(node, bob.node)
    stream.send(frameOf(await wantMessage(1)))
    await bob.witness.until('received', 1)
    clock.advance(24 * 3_600_000)
    stream.send(frameOf(await wantMessage(2)))
    await bob.witness.until('received', 2)
    expect(stream.status).toBe('open')
  })

  it('reads messages that come in any pieces, and several in one', async () => {
    const [bob, node] = await startWithNode()
    const stream = await openStream(node, bob.node)
    const frames = Buffer.concat([
      frameOf(blockMessage(300, 1)),
      frameOf(blockMessage(5, 2)),
      frameOf(blockMessage(0, 3))
    ])
    for (const [start, end] of [
      [0, 1],
      [1, 2],
      [2, 150],
      [150, 310],
      [310, frames.length]
    ] as const) {
      stream.send(frames.subarray(start, end))
    }
    await bob.witness.until('received', 3)
    expect(bob.witness.all('received').map(({ message }) => message.blocks[0]?.bytes.length)).toEqual([300, 5, 0])
  })

  it('accepts hundreds of streams at a time and frees each when the peer closes it', async () => {
    const [bob, node] = await startWithNode()
    const streams: Stream[] = []
    while (streams.length < 300) {
      streams.push(...(await Promise.all(Array.from({ length: 100 }, () => openStream(node, bob.node)))))
    }
    for (const [i, stream] of streams.entries()) stream.send(frameOf(blockMessage(10, i)))
    await bob.witness.until('received', 300)
    expect(new Set(bob.witness.all('received').map(({ message }) => fillOf(message))).size).toBe(256)
    const ends = streams.map((stream) => closed(stream))
    await Promise.all(streams.map((stream) => stream.close()))
    expect((await Promise.all(ends)).filter((error) => error !== undefined)).toEqual([])
    expect(bob.network.stat().streamFaults).toBe(0)
  })

  it('tells of a stream that breaks, for what it was bringing is lost, and not of one that ends', async () => {
    const [bob, node] = await startWithNode()
    const [ends, breaks] = [await openStream(node, bob.node), await openStream(node, bob.node)]
    ends.send(frameOf(await wantMessage(1)))
    breaks.send(frameOf(await wantMessage(2)))
    await bob.witness.until('received', 2)
    const ended = closed(ends)
    await ends.close()
    await ended
    expect(bob.witness.all('lost')).toEqual([])
    breaks.abort(new Error('reset by the test'))
    const { peer } = await bob.witness.until('lost')
    expect(peer).toBe(node.peerId.toString())
    expect(bob.network.stat().streamsLost).toBe(0)
  })

  it.each([
    ['a length above 4 MiB', Uint8Array.of(0x81, 0x80, 0x80, 0x02)],
    ['a length that is no varint', new Uint8Array(12).fill(0xff)],
    ['a body that cannot be followed', Uint8Array.of(2, 0x0a, 0xff)]
  ])('resets a stream for %s, and nothing else', async (_, bytes) => {
    const [bob, node] = await startWithNode()
    const [good, bad] = [await openStream(node, bob.node), await openStream(node, bob.node)]
    good.send(frameOf(await wantMessage(1)))
    const { peer } = await bob.witness.until('received')
    const ended = closed(bad)
    bad.send(bytes)
    expect(await ended).toMatchObject({ name: 'StreamResetError' })
    good.send(frameOf(await wantMessage(2)))
    await bob.witness.until('received', 2)
    expect(bob.network.stat().streamFaults).toBe(1)
    expect(bob.witness.all('struck').map((event) => event.peer)).toEqual([peer])
    expect(bob.witness.all('faulted')).toEqual([{ type: 'faulted', peer, count: 1 }])
    expect(bob.network.stat().unreadBytes).toBe(0)
  })

  it('delivers the good messages before a bad frame', async () => {
    const [bob, node] = await startWithNode()
    const stream = await openStream(node, bob.node)
    const ended = closed(stream)
    stream.send(Buffer.concat([frameOf(blockMessage(5, 1)), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)]))
    expect(await ended).toMatchObject({ name: 'StreamResetError' })
    expect(bob.witness.all('received').length).toBe(1)
  })

  it('drops a bad item and keeps the message', async () => {
    const [bob, node] = await startWithNode()
    const stream = await openStream(node, bob.node)
    const block = [0x1a, 11, 0x0a, 4, 1, 0x55, 0x12, 32, 0x12, 3, 5, 5, 5]
    const badBlock = [0x1a, 5, 0x0a, 1, 1, 0x12, 0]
    stream.send(Uint8Array.of(block.length + badBlock.length, ...badBlock, ...block))
    const { message, peer } = await bob.witness.until('received')
    expect(fillOf(message)).toBe(5)
    expect(bob.witness.all('faulted')).toEqual([{ type: 'faulted', peer, count: 1 }])
    expect(bob.network.stat().itemFaults).toBe(1)
  })

  it('resets a stream that stops inside a message for 10 s', async () => {
    const clock = new ManualClock()
    const [bob, node] = await startWithNode({ clock })
    const [other, stalled] = [await openStream(node, bob.node), await openStream(node, bob.node)]
    stalled.send(frameOf(blockMessage(1000, 1)).subarray(0, 500))
    other.send(frameOf(await wantMessage(1)))
    await bob.witness.until('received', 1)
    clock.advance(5_000)
    other.send(frameOf(await wantMessage(2)))
    await bob.witness.until('received', 2)
    // It may wait its turn while the peer brings something else.
    clock.advance(9_999)
    expect(stalled.status).toBe('open')
    const ended = closed(stalled)
    clock.advance(1)
    expect(await ended).toMatchObject({ name: 'StreamResetError' })
    expect(bob.network.stat()).toMatchObject({ streamFaults: 1, unreadBytes: 0 })
    expect(other.status).toBe('open')
  })

  it('resets a stream that drips a message for a minute', async () => {
    const clock = new ManualClock()
    const [bob, node] = await startWithNode({ clock })
    const [other, dripping] = [await openStream(node, bob.node), await openStream(node, bob.node)]
    const ended = closed(dripping)
    const frame = frameOf(blockMessage(1000, 1))
    for (let i = 0; i < 7; i++) {
      dripping.send(frame.subarray(i, i + 1))
      other.send(frameOf(await wantMessage(i)))
      // Both streams share a connection, so the byte has come when the message has.
      await bob.witness.until('received', i + 1)
      expect(dripping.status).toBe('open')
      clock.advance(i === 6 ? 6_000 : 9_000)
    }
    expect(await ended).toMatchObject({ name: 'StreamResetError' })
  })

  it('delivers what comes at 10 kB/s, however long that takes', async () => {
    const clock = new ManualClock()
    const [bob, node] = await startWithNode({ clock })
    const stream = await openStream(node, bob.node)
    const frame = frameOf(blockMessage(3 * MIB, 1))
    for (let sent = 0; sent < frame.length; sent += 90_000) {
      stream.send(frame.subarray(sent, sent + 90_000))
      if (sent + 90_000 >= frame.length) break
      // Told of, as it has gone on for long: so the bytes have come.
      if (sent > 0) await bob.witness.until('receiving', sent / 90_000)
      else await expect.poll(() => bob.network.stat().unreadBytes).toBeGreaterThan(0)
      clock.advance(9_000)
    }
    expect(fillOf((await bob.witness.until('received')).message)).toBe(1)
    expect(clock.now()).toBeGreaterThan(300_000)
    expect(bob.network.stat().streamFaults).toBe(0)
  })

  it('lets a stream wait while its peer brings others, if enough of them and not for ever', async () => {
    const clock = new ManualClock()
    const [bob, node] = await startWithNode({ clock })
    const [other, waits] = [await openStream(node, bob.node), await openStream(node, bob.node)]
    const ended = closed(waits)
    waits.send(frameOf(blockMessage(1000, 1)).subarray(0, 500))
    let messages = 0
    const bring = async (bytes: number): Promise<void> => {
      other.send(frameOf(blockMessage(bytes, 1)))
      await bob.witness.until('received', ++messages)
    }
    await bring(1)
    while (clock.now() < 591_000) {
      await bring(HEADWAY_BYTES / 4)
      clock.advance(9_000)
    }
    expect(waits.status).toBe('open')
    clock.advance(9_000)
    expect(await ended).toMatchObject({ name: 'StreamResetError' })
  })

  it('does not let two streams wait for what is enough for one', async () => {
    const clock = new ManualClock()
    const [bob, node] = await startWithNode({ clock })
    const other = await openStream(node, bob.node)
    const waiting = [await openStream(node, bob.node), await openStream(node, bob.node)]
    for (const stream of waiting) stream.send(frameOf(blockMessage(1000, 1)).subarray(0, 500))
    const ended = Promise.race(waiting.map((stream) => closed(stream)))
    for (let messages = 1; messages <= 7; messages++) {
      other.send(frameOf(blockMessage(HEADWAY_BYTES / 4, 1)))
      await bob.witness.until('received', messages)
      clock.advance(messages === 7 ? 6_000 : 9_000)
    }
    expect(await ended).toMatchObject({ name: 'StreamResetError' })
    expect(waiting.filter(({ status }) => status === 'open')).toHaveLength(1)
  })

  it('slows the sender down to the pace of whoever deals with the messages', async () => {
    const limit = 8 * MIB
    const [alice, bob] = await startPair({}, { network: { maxUnreadBytesPerPeer: limit } })
    const held = holdMessages(bob)
    let sent = 0
    const sending = (async () => {
      for (let i = 0; i < 40; i++, sent++) await alice.network.send(bob.id, blockMessage(2 * MIB, i))
    })()
    await standstill(() => sent + held.length)
    // Four messages are the limit, one of them unfinished perhaps; a few more wait in stream and sockets.
    expect(held.length).toBeLessThanOrEqual(4)
    expect(sent).toBeLessThan(12)
    // With what its windows allowed.
    expect(unreadIn(bob)).toBeLessThan(limit + 8 * MIB)
    for (let dealt = 0; dealt < 40; dealt++) {
      await bob.witness.until('received', dealt + 1)
      expect(bob.network.stat().unreadBytes).toBeLessThan(limit + 4 * MIB)
      held[dealt]?.()
    }
    await sending
    expect(bob.witness.all('received').map(({ message }) => fillOf(message))).toEqual(
      Array.from({ length: 40 }, (_, i) => i)
    )
    expect(bob.network.stat()).toMatchObject({ streamFaults: 0 })
  })

  it('delivers what a stream held when the peer closed it', async () => {
    const [bob, node] = await startWithNode({ network: { maxUnreadBytesPerPeer: 1.25 * MIB } })
    const held = holdMessages(bob)
    const stream = await openStream(node, bob.node)
    for (let i = 0; i < 6; i++) stream.send(frameOf(blockMessage(MIB / 2, i)))
    await bob.witness.until('received', 2)
    const closing = stream.close()
    for (let dealt = 0; dealt < 6; dealt++) {
      await bob.witness.until('received', dealt + 1)
      held[dealt]?.()
    }
    await closing
    expect(bob.witness.all('received').map(({ message }) => fillOf(message))).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('slows down one peer and not another', async () => {
    const [alice, bob] = await startPair({}, { network: { maxUnreadBytesPerPeer: MIB } })
    const carol = await startPeer()
    await carol.network.connect({ addresses: addressesOf(bob.node) })
    const held: (() => void)[] = []
    bob.witness.onReceived = (peer) =>
      peer === alice.id ? new Promise<void>((resolve) => held.push(resolve)) : undefined
    const stuck = Promise.allSettled(
      Array.from({ length: 60 }, () => alice.network.send(bob.id, blockMessage(MIB / 4, 1)))
    )
    for (let i = 0; i < 40; i++) await carol.network.send(bob.id, blockMessage(MIB / 4, 2))
    const fromCarol = (): number => bob.witness.all('received').filter(({ peer }) => peer === carol.id).length
    while (fromCarol() < 40) await bob.witness.until('received', bob.witness.all('received').length + 1)
    expect(held.length).toBeLessThan(8)
    await alice.node.hangUp(bob.node.peerId)
    await stuck
  })

  it('delivers nothing of a peer after it was said to be gone', async () => {
    const [alice, bob] = await startPair({}, { network: { maxUnreadBytesPerPeer: 1.5 * MIB } })
    const held = holdMessages(bob)
    const sends = Promise.allSettled(
      Array.from({ length: 20 }, () => alice.network.send(bob.id, blockMessage(MIB / 4, 1)))
    )
    await bob.witness.until('received', 4)
    await alice.node.hangUp(bob.node.peerId)
    await bob.witness.until('disconnected')
    for (const deal of held) deal()
    await sends
    await standstill(() => bob.witness.seen.length)
    expect(bob.witness.seen.at(-1)?.type).toBe('disconnected')
    expect(bob.network.stat().unreadBytes).toBe(0)
  })
})

describe('IncomingStream, while unfinished messages of others take all the room', () => {
  const TOTAL = 16 * MIB
  const limits = { perPeer: 100 * MIB, mostPerPeer: 200 * MIB, total: TOTAL }

  async function setUp() {
    const [here, there] = [await startNode(), await startNode()]
    const clock = new ManualClock()
    const budget = new ReadBudget({ asked: limits, others: limits }, () => undefined)
    budget.partial('crowd', TOTAL + MIB)
    const faults: string[] = []
    const ends: boolean[] = []
    const told: PartialMessage[] = []
    const accepted = Promise.withResolvers<readonly [Stream, IncomingStream]>()
    const parts = {
      peer: 'honest',
      clock,
      options: DEFAULT_NETWORK_OPTIONS,
      budget,
      headway: new Headway(),
      message: () => undefined,
      receiving: (part: PartialMessage) => void told.push(part),
      fault: (error: Error) => faults.push(error.message),
      failed: (error: unknown) => faults.push(String(error)),
      ended: (_: IncomingStream, broken: boolean) => void ends.push(broken)
    }
    const [protocol = ''] = BITSWAP_PROTOCOLS
    await here.handle(protocol, (stream) => accepted.resolve([stream, new IncomingStream(stream, parts)]))
    const stream = await openStream(there, here)
    const [far, incoming] = await accepted.promise
    return { clock, faults, ends, told, stream, far, incoming }
  }

  it('a message that is long on its way is told of: how much of it is here, four times a second at most', async () => {
    const { clock, told, stream, far } = await setUp()
    let arrived = 0
    far.addEventListener('message', ({ data }) => (arrived += data.byteLength))
    const frame = frameOf(blockMessage(100_000, 1))
    for (let sent = 0; sent < 20_000; sent += 1_000) {
      stream.send(frame.subarray(sent, sent + 1_000))
      await expect.poll(() => arrived).toBe(sent + 1_000)
      clock.advance(50)
    }
    // The length of the message is written before it, in three bytes.
    const [totalBytes, length] = [frame.length - 3, 3]
    expect(told).toEqual([250, 500, 750].map((ms) => ({ bytes: 1_000 + 20 * ms - length, totalBytes, ms })))
  })

  it.each([
    { it: 'that does not go on is late after 10 s', more: 0, lagMs: 2_000, limitMs: 10_000 },
    { it: 'that would go on may wait for a minute', more: 128 * 1024, lagMs: 0, limitMs: 60_000 }
  ])('a message $it', async ({ more, lagMs, limitMs }) => {
    const { clock, faults, stream, incoming } = await setUp()
    const frame = frameOf(blockMessage(4_000_000, 1))
    stream.send(frame.subarray(0, 40_000))
    // Paused as soon as it holds more than little.
    await expect.poll(() => incoming.partialBytes).toBeGreaterThan(LIGHT_BYTES)
    if (more > 0) stream.send(frame.subarray(40_000, 40_000 + more))
    await expect.poll(() => incoming.bufferedBytes).toBe(more)
    clock.advance(2_000)
    expect(incoming.lagMs).toBe(lagMs)
    clock.advance(limitMs - 2_001)
    expect(faults).toEqual([])
    clock.advance(1)
    expect(faults).toEqual(['stopped inside a message'])
  })

  it('a stream that cannot go on, as its connection has closed, is lost and nothing else', async () => {
    const { faults, ends, stream, far, incoming } = await setUp()
    stream.send(frameOf(blockMessage(4_000_000, 1)).subarray(0, 40_000))
    await expect.poll(() => far.readStatus).toBe('paused')
    far.resume = () => {
      throw new Error('Cannot write to a stream that is closed')
    }
    incoming.resume()
    await expect.poll(() => ends).toEqual([true])
    expect(hasEnded(far)).toBe(true)
    expect(faults).toEqual([])
  })

  it('what comes behind a pause has its time, too, and an empty stream all the time it likes', async () => {
    const { clock, faults, stream, incoming } = await setUp()
    incoming.pause()
    clock.advance(3_600_000)
    stream.send(frameOf(blockMessage(100_000, 1)))
    await expect.poll(() => incoming.bufferedBytes).toBeGreaterThan(100_000)
    clock.advance(50_000)
    expect(faults).toEqual([])
    clock.advance(10_000)
    expect(faults).toEqual(['stopped inside a message'])
  })
})

/** Bytes that a peer holds of messages, read or not, its streams' own buffers included. */
function unreadIn(peer: TestPeer): number {
  const streams = peer.node.getConnections().flatMap((connection) => connection.streams)
  return streams.reduce((sum, stream) => sum + stream.readBufferLength, peer.network.stat().unreadBytes)
}
