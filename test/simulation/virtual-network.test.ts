import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import type { Network } from '../../src/ports.ts'
import { summarize } from '../../src/simulation/traffic.ts'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'
import { type JoinOptions, VirtualNetwork, type VirtualNetworkOptions } from '../../src/simulation/virtual-network.ts'
import { RecordedEvents } from '../../src/testing/recorded-events.ts'
import { fullMessage, messageOfBlocks, numberedMessage, numberOf } from '../../src/testing/sample-messages.ts'

const [ALICE, BOB, CAROL] = [toPeerId('alice'), toPeerId('bob'), toPeerId('carol')]
const KIB = 1024

interface Host {
  readonly network: Network
  readonly events: RecordedEvents
}

class World {
  readonly clock = new VirtualClock()
  readonly hub: VirtualNetwork

  constructor(options: VirtualNetworkOptions = {}) {
    this.hub = new VirtualNetwork(this.clock, options)
  }

  async join(peer: typeof ALICE, options?: JoinOptions): Promise<Host> {
    const [network, events] = [this.hub.join(peer, options), new RecordedEvents()]
    await network.start(events)
    return { network, events }
  }
}

async function connectedPair(options?: VirtualNetworkOptions): Promise<{ world: World; alice: Host; bob: Host }> {
  const world = new World(options)
  const [alice, bob] = [await world.join(ALICE), await world.join(BOB)]
  await world.clock.until(alice.network.connect({ peer: BOB, addresses: [] }))
  return { world, alice, bob }
}

/** Notes the time at which each promise resolves. */
function times(clock: VirtualClock, promises: readonly Promise<unknown>[]): number[] {
  const at = promises.map(() => NaN)
  promises.forEach((promise, index) => void promise.then(() => (at[index] = clock.now())))
  return at
}

describe('a link of the virtual network', () => {
  it('takes a round trip to connect, and its latency to deliver', async () => {
    const { world, alice, bob } = await connectedPair({ link: { latencyMs: 40 } })
    expect([world.clock.now(), alice.network.latencyMs(BOB), bob.network.latencyMs(ALICE)]).toEqual([80, 80, 80])
    expect(alice.network.latencyMs(CAROL)).toBe(undefined)
    const sending = alice.network.send(BOB, numberedMessage(1))
    const at = times(world.clock, [sending, bob.events.atLeast(1, 'received', ALICE)])
    await world.clock.run()
    expect(at).toEqual([80, 120])
  })

  it('sends at its pace, one message after the other', async () => {
    const { world, alice, bob } = await connectedPair({ link: { latencyMs: 5, bytesPerSecond: 1_000_000 } })
    const start = world.clock.now()
    const message = messageOfBlocks(100_000)
    const sends = [alice.network.send(BOB, message), alice.network.send(BOB, message)]
    const sent = times(world.clock, sends)
    const arrived = times(world.clock, [
      bob.events.atLeast(1, 'received', ALICE),
      bob.events.atLeast(2, 'received', ALICE)
    ])
    await world.clock.run()
    const bytes = await sends[0]
    expect(bytes).toBeGreaterThan(100_000)
    const perMessageMs = (bytes ?? 0) / 1_000
    const after = (at: number): number => Math.round((at - start) * 1_000) / 1_000
    expect(sent.map(after)).toEqual([perMessageMs, 2 * perMessageMs])
    expect(arrived.map(after)).toEqual([perMessageMs + 5, 2 * perMessageMs + 5])
  })

  it('shares an uplink between all peers that are sent to', async () => {
    const world = new World({ link: { latencyMs: 1, windowBytes: 64 * 1024 * 1024 } })
    const alice = await world.join(ALICE, { uploadBytesPerSecond: 1_000_000 })
    for (const peer of [BOB, CAROL]) {
      await world.join(peer)
      await world.clock.until(alice.network.connect({ peer, addresses: [] }))
    }
    const start = world.clock.now()
    const message = messageOfBlocks(100_000)
    const sends = [BOB, BOB, CAROL, CAROL].map((peer) => alice.network.send(peer, message))
    const sent = times(world.clock, sends)
    await world.clock.run()
    const perMessageMs = ((await sends[0]) ?? 0) / 1_000
    const turns = sent.map((at) => Math.round((at - start) / perMessageMs))
    expect(turns).toEqual([2, 4, 2, 4])
  })

  it('holds a sender whose bytes are unread, and lets it go when they are dealt with', async () => {
    const { world, alice, bob } = await connectedPair({ link: { windowBytes: 256 * KIB } })
    const gate = Promise.withResolvers<undefined>()
    bob.events.onReceived = () => gate.promise
    const sends = [1, 2, 3].map(() => alice.network.send(BOB, messageOfBlocks(200 * KIB)))
    const sent = times(world.clock, sends)
    await world.clock.advance(1_000)
    expect(sent.map((at) => Number.isNaN(at))).toEqual([false, true, true])
    expect(bob.events.count('received', ALICE)).toBe(2)
    gate.resolve(undefined)
    await world.clock.run()
    expect(sent.some((at) => Number.isNaN(at))).toBe(false)
    expect([bob.events.count('received', ALICE), world.hub.bytesUnderWay(ALICE, BOB)]).toEqual([3, 0])
  })

  it('tells the receiver how much is there of a message that is long on its way, until it is lost or all of it is there', async () => {
    const { world, alice, bob } = await connectedPair({ link: { bytesPerSecond: 100_000, latencyMs: 100 } })
    const parts = () => bob.events.seen.flatMap((event) => (event.type === 'receiving' ? [event.part] : []))
    const total = await world.clock.until(alice.network.send(BOB, messageOfBlocks(90_000)))
    await world.clock.run()
    expect(parts()).toEqual([250, 500, 750].map((ms) => ({ bytes: ms * 100, totalBytes: total, ms })))
    expect(bob.events.seen.at(-1)?.type).toBe('received')
    alice.network.send(BOB, messageOfBlocks(90_000)).catch(() => undefined)
    await world.clock.advance(400)
    world.hub.breakStream(ALICE, BOB)
    await world.clock.run()
    expect(parts()).toHaveLength(4)
    void alice.network.send(BOB, messageOfBlocks(20_000))
    await world.clock.run()
    expect([parts().length, bob.events.count('received', ALICE)]).toEqual([4, 2])
  })

  it('tells so behind an uplink, too, alone on it or in turns; and at the pace of the link, where that is slower', async () => {
    const world = new World({ link: { latencyMs: 100 } })
    const alice = await world.join(ALICE, { uploadBytesPerSecond: 65_536 })
    const bob = await world.join(BOB)
    await world.join(CAROL)
    for (const peer of [BOB, CAROL]) await world.clock.until(alice.network.connect({ peer, addresses: [] }))
    const parts = () => bob.events.seen.flatMap((event) => (event.type === 'receiving' ? [event.part] : []))
    const totalBytes = await world.clock.until(alice.network.send(BOB, messageOfBlocks(60 * KIB)))
    await world.clock.run()
    const quarters = [16, 32, 48].map((kib) => ({ bytes: kib * KIB, totalBytes, ms: (kib * 1_000) / 64 }))
    expect(parts()).toEqual(quarters)
    const sends = [CAROL, BOB].map((peer) => alice.network.send(peer, messageOfBlocks(60 * KIB)))
    await world.clock.run()
    await Promise.all(sends)
    expect(parts().slice(3)).toEqual(quarters.map((part, i) => ({ ...part, ms: 250 + 500 * i })))
    world.hub.shapeLink(ALICE, BOB, { bytesPerSecond: 32_768 })
    void alice.network.send(BOB, messageOfBlocks(60 * KIB))
    await world.clock.run()
    const slower = parts().slice(6)
    expect(slower.length).toBeGreaterThan(5)
    for (const { bytes, ms } of slower) expect(bytes).toBeLessThanOrEqual((ms * 32_768) / 1_000)
    expect(bob.events.count('received', ALICE)).toBe(3)
  })

  it('hands a failure of the receiver to whoever runs the clock', async () => {
    const { world, alice, bob } = await connectedPair()
    bob.events.onReceived = () => Promise.reject(new Error('receiver failed'))
    void alice.network.send(BOB, numberedMessage(1))
    await expect(world.clock.run()).rejects.toThrow('receiver failed')
  })

  it('keeps its order when it becomes faster', async () => {
    const { world, alice, bob } = await connectedPair({ link: { latencyMs: 100 } })
    void alice.network.send(BOB, numberedMessage(1))
    await world.clock.advance(10)
    world.hub.shapeLink(ALICE, BOB, { latencyMs: 1 })
    void alice.network.send(BOB, numberedMessage(2))
    await world.clock.run()
    expect(bob.events.messages(ALICE).map(numberOf)).toEqual([1, 2])
    expect(alice.network.latencyMs(BOB)).toBe(2)
  })
})

describe('faults of the virtual network', () => {
  it('cut: what is under way is lost, pending sends fail, both are told', async () => {
    const { world, alice, bob } = await connectedPair({ link: { bytesPerSecond: 1_000 } })
    const small = alice.network.send(BOB, numberedMessage(1))
    const large = alice.network.send(BOB, messageOfBlocks(10_000))
    const failed = expect(large).rejects.toMatchObject({ name: 'SendFailedError' })
    await world.clock.until(small)
    world.hub.cut(ALICE, BOB)
    expect(world.hub.isConnected(ALICE, BOB)).toBe(false)
    await world.clock.run()
    await failed
    expect(alice.events.types(BOB)).toEqual(['connected', 'disconnected'])
    expect(bob.events.types(ALICE)).toEqual(['connected', 'disconnected'])
  })

  it('disconnect: what was sent before still arrives, then the other is told', async () => {
    const { world, alice, bob } = await connectedPair()
    void alice.network.send(BOB, numberedMessage(1))
    await world.clock.advance(1)
    world.hub.disconnect(ALICE, BOB)
    await world.clock.run()
    expect(alice.events.types(BOB)).toEqual(['connected', 'disconnected'])
    expect(bob.events.types(ALICE)).toEqual(['connected', 'received', 'disconnected'])
  })

  it('a quick reconnection tells the end of the old connection first', async () => {
    const { world, alice, bob } = await connectedPair({ link: { latencyMs: 100 } })
    world.hub.disconnect(ALICE, BOB)
    world.hub.shapeLink(ALICE, BOB, { latencyMs: 1 })
    await world.clock.until(alice.network.connect({ peer: BOB, addresses: [] }))
    await world.clock.run()
    for (const types of [alice.events.types(BOB), bob.events.types(ALICE)]) {
      expect(types).toEqual(['connected', 'disconnected', 'connected'])
    }
    expect(world.hub.isConnected(ALICE, BOB)).toBe(true)
  })

  it('stall: nothing is delivered and no send resolves until resume', async () => {
    const { world, alice, bob } = await connectedPair()
    world.hub.stall(ALICE, BOB)
    const sent = times(world.clock, [alice.network.send(BOB, numberedMessage(1))])
    await world.clock.advance(60_000)
    expect([sent, bob.events.count('received', ALICE)]).toEqual([[NaN], 0])
    world.hub.resume(ALICE, BOB)
    await world.clock.run()
    expect([sent, bob.events.count('received', ALICE)]).toEqual([[60_020], 1])
  })

  it('stall: a message that was already leaving does not resolve either', async () => {
    const { world, alice } = await connectedPair({ link: { bytesPerSecond: 1_000 } })
    const sent = times(world.clock, [alice.network.send(BOB, messageOfBlocks(1_000))])
    await world.clock.advance(10)
    world.hub.stall(ALICE, BOB)
    await world.clock.advance(60_000)
    expect(sent).toEqual([NaN])
  })

  it('dropNext: the message vanishes though its send resolves', async () => {
    const { world, alice, bob } = await connectedPair()
    world.hub.dropNext(ALICE, BOB)
    await world.clock.until(alice.network.send(BOB, numberedMessage(1)))
    await world.clock.until(alice.network.send(BOB, numberedMessage(2)))
    await world.clock.run()
    expect(bob.events.messages(ALICE).map(numberOf)).toEqual([2])
    expect(world.hub.bytesUnderWay(ALICE, BOB)).toBe(0)
  })

  it('breakStream: unread messages are lost, those of the other way are not', async () => {
    const { world, alice, bob } = await connectedPair()
    await world.clock.until(alice.network.send(BOB, numberedMessage(1)))
    await world.clock.until(bob.network.send(ALICE, numberedMessage(2)))
    world.hub.breakStream(ALICE, BOB)
    await world.clock.until(alice.network.send(BOB, numberedMessage(3)))
    await world.clock.run()
    expect(bob.events.messages(ALICE).map(numberOf)).toEqual([3])
    expect(alice.events.messages(BOB).map(numberOf)).toEqual([2])
    expect([alice.events.count('streamLost', BOB), bob.events.count('streamLost', ALICE)]).toEqual([1, 0])
  })

  it('partition: groups lose each other, and meet again after heal', async () => {
    const { world, alice } = await connectedPair()
    await world.join(CAROL)
    await world.clock.until(alice.network.connect({ peer: CAROL, addresses: [] }))
    world.hub.partition([ALICE, CAROL], [BOB])
    expect([world.hub.isConnected(ALICE, BOB), world.hub.isConnected(ALICE, CAROL)]).toEqual([false, true])
    const again = (): Promise<unknown> => world.clock.until(alice.network.connect({ peer: BOB, addresses: [] }))
    await expect(again()).rejects.toThrow('cannot connect to bob: it is out of reach')
    world.hub.heal()
    expect(await again()).toBe(BOB)
  })
})

describe('a port of the virtual network', () => {
  it('finds a peer by the end of an address', async () => {
    const world = new World()
    const alice = await world.join(ALICE)
    await world.join(BOB)
    const connect = (address: string): Promise<unknown> =>
      world.clock.until(alice.network.connect({ addresses: [address] }))
    expect(await connect('/memory/relay/p2p/carol/p2p-circuit/p2p/bob')).toBe(BOB)
    await expect(connect('/memory/nowhere')).rejects.toMatchObject({ name: 'InvalidParametersError' })
  })

  it('cannot reach a peer that is not running, nor itself', async () => {
    const world = new World()
    const alice = await world.join(ALICE)
    world.hub.join(BOB)
    for (const peer of [ALICE, BOB, CAROL]) {
      await expect(world.clock.until(alice.network.connect({ peer, addresses: [] }))).rejects.toThrow(
        `cannot connect to ${peer}`
      )
    }
  })

  it('refuses to act before start and after stop, and can start again', async () => {
    const { world, alice, bob } = await connectedPair()
    await bob.network.stop()
    await expect(bob.network.send(ALICE, numberedMessage(1))).rejects.toMatchObject({ name: 'NotStartedError' })
    await expect(bob.network.connect({ peer: ALICE, addresses: [] })).rejects.toMatchObject({ name: 'NotStartedError' })
    await world.clock.run()
    expect([alice.events.types(BOB), bob.events.types(ALICE)]).toEqual([['connected', 'disconnected'], ['connected']])
    await bob.network.start(bob.events)
    expect(await world.clock.until(alice.network.connect({ peer: BOB, addresses: [] }))).toBe(BOB)
  })

  it('takes a send back when its signal aborts before it starts', async () => {
    const { world, alice, bob } = await connectedPair({ link: { bytesPerSecond: 1_000 } })
    const abort = new AbortController()
    const first = alice.network.send(BOB, messageOfBlocks(1_000))
    const second = alice.network.send(BOB, numberedMessage(2), { signal: abort.signal })
    const refused = expect(second).rejects.toThrow('enough')
    await world.clock.advance(1)
    abort.abort(new Error('enough'))
    await refused
    await world.clock.until(first)
    await world.clock.run()
    expect(bob.events.count('received', ALICE)).toBe(1)
  })

  it('gives up a connection whose signal aborts', async () => {
    const world = new World()
    const alice = await world.join(ALICE)
    const bob = await world.join(BOB)
    const abort = new AbortController()
    const connecting = alice.network.connect({ peer: BOB, addresses: [] }, { signal: abort.signal })
    const refused = expect(connecting).rejects.toThrow('enough')
    await world.clock.advance(5)
    abort.abort(new Error('enough'))
    await refused
    await world.clock.run()
    expect(bob.events.seen).toEqual([])
  })

  it('tells what the other end understands', async () => {
    const world = new World()
    const alice = await world.join(ALICE)
    const old = await world.join(BOB, { features: { presences: false } })
    await world.clock.until(alice.network.connect({ peer: BOB, addresses: [] }))
    expect(alice.events.seen).toEqual([{ type: 'connected', peer: BOB, features: { presences: false } }])
    expect(old.events.seen).toEqual([{ type: 'connected', peer: ALICE, features: { presences: true } }])
  })
})

describe('the log of the virtual network', () => {
  it('says who sent what to whom, and when', async () => {
    const { world, alice } = await connectedPair({ link: { latencyMs: 3 } })
    const bytes = await world.clock.until(alice.network.send(BOB, fullMessage()))
    expect(world.hub.log).toMatchObject([{ atMs: 6, from: ALICE, to: BOB, bytes }])
    const [entry] = world.hub.log
    expect(entry && summarize(entry.message, { cid: () => 'x', block: (_, bytes) => `of ${bytes.length}` })).toBe(
      'full; want-block x; cancel x; have x; block of 3; pending 12 B'
    )
  })

  it('keeps no more than it may', async () => {
    const { world, alice } = await connectedPair({ maxLog: 3 })
    for (let i = 0; i < 10; i++) await world.clock.until(alice.network.send(BOB, numberedMessage(i)))
    expect(world.hub.log.map((entry) => numberOf(entry.message))).toEqual([7, 8, 9])
  })

  it('is the same for the same acts', async () => {
    const play = async (): Promise<unknown> => {
      const { world, alice, bob } = await connectedPair({ link: { bytesPerSecond: 100_000 } })
      for (let i = 0; i < 20; i++) void alice.network.send(BOB, messageOfBlocks(i * 100))
      for (let i = 0; i < 20; i++) void bob.network.send(ALICE, numberedMessage(i))
      await world.clock.run()
      return [world.hub.log, alice.events.seen, bob.events.seen]
    }
    expect(await play()).toEqual(await play())
  })
})
