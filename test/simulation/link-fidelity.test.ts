import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import type { Message } from '../../src/message/message.ts'
import type { Network } from '../../src/ports.ts'
import { createEventLog } from '../../src/simulation/event-log.ts'
import type { HostShape, LinkShape } from '../../src/simulation/link-shape.ts'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'
import { VirtualNetwork, type JoinOptions, type VirtualNetworkOptions } from '../../src/simulation/virtual-network.ts'
import { RecordedEvents } from '../../src/testing/recorded-events.ts'
import { messageOfBlocks, numberedMessage, numberOf } from '../../src/testing/sample-messages.ts'

const SENDER = toPeerId('sender')
const MBYTE = 1_000_000

/** Peers that are connected to one, and when what it sent them arrived, in microseconds from the start. */
class Star {
  readonly clock = new VirtualClock()
  readonly arrivals: { readonly at: number; readonly to: PeerId; readonly message: Message }[] = []
  readonly hub: VirtualNetwork
  #start = 0

  constructor(options: VirtualNetworkOptions = {}) {
    this.hub = new VirtualNetwork(this.clock, options)
  }

  async open(sender: JoinOptions, receivers: Readonly<Record<string, JoinOptions>>): Promise<Network> {
    const network = await this.join(SENDER, sender)
    for (const [name, options] of Object.entries(receivers)) {
      await this.join(toPeerId(name), options)
      await this.clock.until(network.connect({ peer: toPeerId(name), addresses: [] }))
    }
    this.#start = this.clock.nowMicros
    return network
  }

  async join(peer: PeerId, options: JoinOptions = {}): Promise<Network> {
    const network = this.hub.join(peer, options)
    const events = new RecordedEvents()
    events.onReceived = (_from, message) => {
      this.arrivals.push({ at: this.clock.nowMicros - this.#start, to: peer, message })
    }
    await network.start(events)
    return network
  }

  times(): number[] {
    return this.arrivals.map(({ at }) => at)
  }
}

async function timesOf(
  link: Partial<LinkShape>,
  sizes: readonly number[],
  hosts: { readonly sender?: HostShape; readonly receiver?: HostShape } = {},
  options: VirtualNetworkOptions = {}
): Promise<{ times: number[]; bytes: number[] }> {
  const star = new Star({ link: { windowBytes: 16 * MBYTE, ...link }, ...options })
  const network = await star.open(hosts.sender ?? {}, { bob: hosts.receiver ?? {} })
  const sends = sizes.map((size) => network.send(toPeerId('bob'), messageOfBlocks(size)))
  await star.clock.run()
  return { times: star.times(), bytes: await Promise.all(sends) }
}

describe('an uplink', () => {
  it('is shared by segments: a word does not wait for blocks', async () => {
    const star = new Star({ link: { latencyMs: 10, windowBytes: 16 * MBYTE } })
    const network = await star.open({ uploadBytesPerSecond: MBYTE }, { bob: {}, carol: {}, dave: {} })
    const large = network.send(toPeerId('bob'), messageOfBlocks(256 * 1024))
    await star.clock.advance(1)
    void network.send(toPeerId('carol'), messageOfBlocks(128 * 1024))
    void network.send(toPeerId('dave'), numberedMessage(1))
    await star.clock.run()
    expect(star.arrivals.map(({ to }) => to)).toEqual(['dave', 'carol', 'bob'])
    // Two segments of others go first; then its own turn comes.
    expect(star.times()[0]).toBeLessThan(10_000 + 2 * 16_384 + 100)
    // Nothing is lost by sharing: the last byte leaves when all bytes have had their time.
    const [, carol, bob] = star.times()
    expect(carol).toBeGreaterThan(2 * 131_072)
    const bytes = (await large) + 131_072
    expect(bob).toBeGreaterThan(bytes)
    expect(bob).toBeLessThan(bytes + 10_000 + 200)
  })

  it('does not drift, however odd the rate and small the pieces', async () => {
    const rate = 999_983
    const sizes = new Array<number>(3_000).fill(7)
    const { times, bytes } = await timesOf({ latencyMs: 0 }, sizes, { sender: { uploadBytesPerSecond: rate } })
    const total = bytes.reduce((sum, each) => sum + each, 0)
    expect(times.at(-1)).toBe(Math.floor((total * 1_000_000) / rate))
  })

  it('lets a burst through after a rest, and no more than that', async () => {
    const shape = { uploadBytesPerSecond: 100_000, uploadBurstBytes: 50_000 }
    const star = new Star({ link: { latencyMs: 0, windowBytes: MBYTE } })
    const network = await star.open(shape, { bob: {} })
    await star.clock.advance(10_000)
    const sends = Array.from({ length: 10 }, () => network.send(toPeerId('bob'), messageOfBlocks(9_976)))
    await star.clock.run()
    const bytes = (await sends[0]) ?? 0
    const expected = sends.map((_, index) => Math.max(0, Math.floor((index + 1) * bytes - 50_000) * 10))
    expect(star.times().map((time) => time - 10_000_000)).toEqual(expected)
    expect(expected.filter((time) => time === 0)).toHaveLength(5)
  })
})

describe('a downlink', () => {
  it('holds up what comes from many at a time, and nothing that comes more slowly than it goes', async () => {
    const star = new Star({ link: { latencyMs: 10, windowBytes: 16 * MBYTE } })
    await star.join(toPeerId('bob'), { downloadBytesPerSecond: 2 * MBYTE })
    const senders = await Promise.all(
      [1, 2, 3, 4].map((n) => star.join(toPeerId(`sender ${n}`), { uploadBytesPerSecond: MBYTE }))
    )
    for (const network of senders) await star.clock.until(network.connect({ peer: toPeerId('bob'), addresses: [] }))
    const start = star.clock.nowMicros
    const [first] = senders
    void first?.send(toPeerId('bob'), messageOfBlocks(100_000))
    await star.clock.run()
    const alone = star.times()[0] ?? 0
    expect(alone - start).toBeLessThan(110_000 + 100)
    const again = star.clock.nowMicros
    for (const network of senders) void network.send(toPeerId('bob'), messageOfBlocks(100_000))
    await star.clock.run()
    // 400,000 bytes at 2 MB/s, the first of which came after the latency.
    expect(((star.times().at(-1) ?? 0) - again) / 1_000).toBeCloseTo(210, 0)
  })
})

describe('a core', () => {
  const cpu = { perMessageUs: 500, perByteNs: 10 }

  it('takes its time for each message and byte, at both ends', async () => {
    const [byte] = (await timesOf({ latencyMs: 1 }, [1_000])).bytes
    const work = 500 + (byte ?? 0) / 100
    const { times } = await timesOf({ latencyMs: 1 }, [1_000, 1_000], { sender: { cpu }, receiver: { cpu } })
    expect(times.map((time) => Math.round(time / 10))).toEqual([
      Math.round((1_000 + 2 * work) / 10),
      Math.round((1_000 + 3 * work) / 10)
    ])
  })

  it('can be one for all', async () => {
    const { times } = await timesOf({ latencyMs: 0 }, [0, 0], {}, { sharedCpu: { perMessageUs: 500, perByteNs: 0 } })
    // The second is sent before the first, which is on its way meanwhile, is read.
    expect(times).toEqual([1_500, 2_000])
  })
})

describe('a link', () => {
  it('jitters by lot, in order, the same for the same seed', async () => {
    const play = (seed: number): Promise<{ times: number[] }> =>
      timesOf({ latencyMs: 100, jitterPct: 10 }, new Array<number>(50).fill(1), {}, { random: new SeededRandom(seed) })
    const { times } = await play(1)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(90_000)
    expect(Math.max(...times)).toBeLessThanOrEqual(110_000)
    expect(new Set(times).size).toBeGreaterThan(1)
    expect((await play(1)).times).toEqual(times)
    expect((await play(2)).times).not.toEqual(times)
  })

  it('waits for its protocols once a stream', async () => {
    const star = new Star({ link: { latencyMs: 10, setupRoundTrips: 2 } })
    const network = await star.open({}, { bob: {} })
    const bob = toPeerId('bob')
    await star.clock.until(network.send(bob, numberedMessage(1)))
    await star.clock.until(network.send(bob, numberedMessage(2)))
    await star.clock.run()
    expect(star.times()).toEqual([50_000, 50_000])
    star.hub.breakStream(SENDER, bob)
    await star.clock.until(network.send(bob, numberedMessage(3)))
    await star.clock.run()
    expect(star.times()[2]).toBe(50_000 + 50_000)
    expect(star.arrivals.map(({ message }) => numberOf(message))).toEqual([1, 2, 3])
  })

  it('starts slowly: ten packets, then twice as many in each round trip', async () => {
    const slow = { latencyMs: 50, slowStart: true, windowBytes: 256 * 1024 }
    const first = async (size: number): Promise<number> => (await timesOf(slow, [size])).times[0] ?? 0
    expect(await first(14_000)).toBe(50_000)
    expect(await first(43_000)).toBe(150_000)
    expect(await first(102_000)).toBe(250_000)
    expect(await first(200_000)).toBe(350_000)
    // What the window lets through is then used, and grows, until the buffers are the limit.
    const { times } = await timesOf(slow, new Array<number>(4).fill(200_000))
    expect(times).toEqual([350_000, 450_000, 550_000, 550_000])
  })

  it('loses packets by lot, which costs round trips', async () => {
    const sizes = new Array<number>(100).fill(1_000)
    const shape = { latencyMs: 50, slowStart: true }
    const random = new SeededRandom(5)
    const { times } = await timesOf({ ...shape, lossRate: 0.2 }, sizes, {}, { random })
    const without = await timesOf(shape, sizes)
    expect(times.at(-1)).toBeGreaterThan((without.times.at(-1) ?? 0) + 10 * 100_000)
    expect(times).toHaveLength(100)
  })

  it('may be longer out of one peer, or between some', async () => {
    const sender = { egressLatencyMs: 30 }
    const linkOf: VirtualNetworkOptions['linkOf'] = (_from, to) => ({ latencyMs: to === toPeerId('bob') ? 5 : 1 })
    const star = new Star({ linkOf })
    const network = await star.open(sender, { bob: {} })
    expect(network.latencyMs(toPeerId('bob'))).toBe(40)
    void network.send(toPeerId('bob'), numberedMessage(1))
    await star.clock.run()
    expect(star.times()).toEqual([35_000])
  })
})

describe('a peer that cannot be dialled', () => {
  it('can dial, and is found silent only after a while', async () => {
    const star = new Star({ dialTimeoutMs: 3_000, dial: { kind: 'fixed', ms: 100 }, events: createEventLog() })
    const hidden = await star.join(toPeerId('hidden'), { dialable: false })
    const open = await star.join(toPeerId('open'))
    const dial = open.connect({ peer: toPeerId('hidden'), addresses: [] })
    await expect(star.clock.until(dial)).rejects.toThrow('it cannot be dialled')
    expect(star.clock.now()).toBe(3_000)
    await star.clock.until(hidden.connect({ peer: toPeerId('open'), addresses: [] }))
    expect(star.clock.now()).toBe(3_120)
    expect(star.hub.isConnected(toPeerId('open'), toPeerId('hidden'))).toBe(true)
    await star.clock.until(open.connect({ peer: toPeerId('hidden'), addresses: [] }))
  })
})
