import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { Bitswap } from '../src/bitswap.ts'
import { createHashers } from '../src/hashing/hashers.ts'
import { cidKey, toPeerId, type PeerId } from '../src/ids.ts'
import { createMessage } from '../src/message/message.ts'
import { cidPrefix } from '../src/message/prefix.ts'
import type { BitswapOptionsInit } from '../src/options.ts'
import type { LedgerRecord, LedgerStore, Network, NetworkEvents } from '../src/ports.ts'
import { toBlockstorePort } from '../src/storage/blockstore-port.ts'
import { MemoryBlockstore } from '../src/storage/memory-blockstore.ts'
import { ManualClock } from './support/manual-clock.ts'
import { RecordingLogger } from './support/recording-logger.ts'
import { blocks, Swarm } from './support/swarm.ts'

const ERNIE = toPeerId('ernie')
const hashers = await createHashers()

class MemoryLedgers implements LedgerStore {
  readonly records = new Map<PeerId, LedgerRecord>()

  async *all(): AsyncGenerator<LedgerRecord> {
    await Promise.resolve()
    yield* this.records.values()
  }

  save(records: readonly LedgerRecord[]): Promise<void> {
    for (const record of records) this.records.set(record.peer, record)
    return Promise.resolve()
  }

  remove(peers: readonly PeerId[]): Promise<void> {
    for (const peer of peers) this.records.delete(peer)
    return Promise.resolve()
  }
}

/** Knows one peer, and breaks when told to. */
class StubNetwork implements Network {
  readonly calls: string[] = []
  readonly dialed: unknown[] = []
  failStart: Error | undefined
  failStop: Error | undefined
  events: NetworkEvents | undefined

  async start(events: NetworkEvents): Promise<void> {
    this.calls.push('start')
    this.events = events
    await Promise.resolve()
    if (this.failStart !== undefined) throw this.failStart
    events.connected(ERNIE, { presences: true })
  }

  async stop(): Promise<void> {
    this.calls.push('stop')
    await Promise.resolve()
    if (this.failStop !== undefined) throw this.failStop
  }

  send(): Promise<number> {
    return Promise.resolve(1)
  }

  connect(provider: unknown): Promise<PeerId> {
    this.dialed.push(provider)
    return Promise.reject(new Error('nobody there'))
  }

  latencyMs(): undefined {
    return undefined
  }

  expel(peer: PeerId): void {
    this.calls.push('expel')
    this.events?.disconnected(peer)
  }
}

async function* nobody(): AsyncGenerator<never> {
  // Routing knows nothing.
}

function world(options: BitswapOptionsInit = {}) {
  const network = new StubNetwork()
  const store = new MemoryBlockstore()
  const ledgerStore = new MemoryLedgers()
  const clock = new ManualClock()
  const logger = new RecordingLogger()
  const finder = { findProviders: nobody }
  const blockstore = toBlockstorePort(store)
  const bitswap = new Bitswap({ network, blockstore, hashers, finder, clock, logger, ledgerStore, options })
  return { network, store, ledgerStore, clock, logger, bitswap }
}

/** Says nothing, ever; knows whether it was let go. */
class SilentSource implements AsyncIterable<CID> {
  [Symbol.asyncIterator](): AsyncIterator<CID> {
    return {
      next: () => new Promise(() => undefined),
      return: () => {
        this.returned++
        return Promise.resolve({ done: true, value: undefined })
      }
    }
  }

  returned = 0
}

function block(size = 100) {
  const [first] = blocks(1, size)
  if (first === undefined) throw new Error('no block')
  return first
}

describe('starting and stopping', () => {
  it('a stop during a start ends stopped; a start after it runs again', async () => {
    const { network, bitswap } = world()
    await Promise.all([bitswap.start(), bitswap.stop()])
    expect(network.calls).toEqual(['start', 'stop'])
    expect(bitswap.stat().partners).toEqual([])
    await expect(bitswap.get(block().cid)).rejects.toMatchObject({ name: 'NotStartedError' })
    await Promise.all([bitswap.stop(), bitswap.start(), bitswap.start()])
    expect(network.calls).toEqual(['start', 'stop', 'start'])
    expect(bitswap.stat().partners).toEqual([ERNIE])
  })

  it('a network that fails to stop keeps nobody from writing the ledgers, nor from starting again', async () => {
    const { network, bitswap, clock, ledgerStore } = world()
    const { cid, bytes } = block()
    await bitswap.start()
    const wanted = bitswap.get(cid)
    await clock.settle()
    const prefix = cidPrefix(cid)
    await network.events?.received(ERNIE, createMessage({ blocks: [{ prefix, bytes }] }))
    expect(await wanted).toEqual(bytes)
    network.failStop = new Error('no such handler')
    await expect(bitswap.stop()).rejects.toThrow('no such handler')
    expect(ledgerStore.records.get(ERNIE)?.bytesReceived).toBe(100)
    expect([bitswap.stat().partners, clock.timers]).toEqual([[], 0])
    await bitswap.stop()
    await bitswap.start()
    expect(bitswap.ledger(ERNIE)?.bytesReceived).toBe(100)
  })

  it('a start that fails leaves nothing running', async () => {
    const { network, bitswap, clock, logger } = world()
    network.failStart = new Error('port in use')
    network.failStop = new Error('nothing to stop')
    await expect(bitswap.start()).rejects.toThrow('port in use')
    expect([network.calls, clock.timers]).toEqual([['start', 'stop'], 0])
    expect(logger.messages('error')).toEqual(['bitswap did not stop cleanly'])
    await expect(bitswap.put(block().cid, block().bytes)).rejects.toMatchObject({ name: 'NotStartedError' })
    network.failStart = undefined
    await bitswap.start()
    await bitswap.put(block().cid, block().bytes)
  })
})

describe('an exchange that is stopped and started again', () => {
  it('trades on, and counts every byte once', async () => {
    const swarm = new Swarm()
    const alice = await swarm.add('alice', { ledgerStore: new MemoryLedgers() })
    const bob = await swarm.add('bob', { ledgerStore: new MemoryLedgers() })
    for (let round = 1; round <= 3; round++) {
      await swarm.connect(alice, bob)
      const traded = blocks(10, 1_000, round * 10)
      await alice.has(traded)
      await swarm.fetch(bob, traded)
      expect(alice.bitswap.ledger(bob.id)?.bytesSent).toBe(round * 10_000)
      expect(bob.bitswap.ledger(alice.id)).toMatchObject({ bytesReceived: round * 10_000, exchanges: round * 10 })
      await swarm.stop(alice, bob)
      expect(alice.bitswap.ledger(bob.id)?.bytesSent).toBe(round * 10_000)
      for (const { bitswap } of [alice, bob]) await swarm.clock.until(bitswap.start())
    }
    await swarm.stop(alice, bob)
  })
})

describe('requests', () => {
  it('are on the wantlist while they are open, each block once, with nothing said that is not so', async () => {
    const { bitswap, clock } = world()
    await bitswap.start()
    const { cid } = block()
    const wanted = [bitswap.get(cid), bitswap.get(cid)].map((request) => expect(request).rejects.toThrow('stopped'))
    await clock.settle()
    expect(bitswap.wantlist()).toEqual([{ cid }])
    await bitswap.stop()
    await Promise.all(wanted)
    expect(bitswap.wantlist()).toEqual([])
  })

  it('make a block awaited, as those of partners do, until it is here', async () => {
    const { bitswap, network, clock } = world()
    await bitswap.start()
    const [own, theirs, nobodys] = blocks(3)
    if (own === undefined || theirs === undefined || nobodys === undefined) throw new Error('three blocks')
    const wanted = bitswap.get(own.cid)
    const entry = { cid: theirs.cid, key: cidKey(theirs.cid), type: 'block', priority: 1, sendDontHave: false } as const
    await network.events?.received(ERNIE, createMessage({ wants: [entry] }))
    await clock.settle()
    const awaited = (): boolean[] => [own, theirs, nobodys].map(({ cid }) => bitswap.isAwaited(cid))
    expect(awaited()).toEqual([true, true, false])
    for (const { cid, bytes } of [own, theirs, nobodys]) await bitswap.put(cid, bytes)
    await wanted
    expect(awaited()).toEqual([false, false, false])
    await bitswap.stop()
  })

  it('take CIDs, and say so to whoever gives something else', async () => {
    const { bitswap } = world()
    await bitswap.start()
    const { cid, bytes } = block()
    for (const wrong of ['notacid', cid.toString(), undefined, {}] as unknown as (typeof cid)[]) {
      const refused = { name: 'InvalidParametersError', message: expect.stringContaining('is not a CID') as string }
      await expect(bitswap.get(wrong)).rejects.toMatchObject(refused)
      await expect(bitswap.getMany([wrong]).next()).rejects.toMatchObject(refused)
      await expect(bitswap.put(wrong, bytes)).rejects.toMatchObject(refused)
    }
    await bitswap.stop()
  })

  it('end when the exchange is stopped, also when they wait for their source', async () => {
    const { bitswap } = world()
    await bitswap.start()
    const sources = [new SilentSource(), new SilentSource()]
    const requests = sources.map((source, offline) => bitswap.getMany(source, { offline: offline === 1 }).next())
    const session = bitswap.createSession()
    const third = new SilentSource()
    requests.push(session.getMany(third).next())
    const ends = requests.map((request) => expect(request).rejects.toMatchObject({ name: 'NotStartedError' }))
    await bitswap.stop()
    await Promise.all(ends)
    expect([...sources, third].map(({ returned }) => returned)).toEqual([1, 1, 1])
  })

  it('reject, and never throw, when the exchange does not run', async () => {
    const { bitswap } = world()
    await expect(bitswap.get(block().cid)).rejects.toMatchObject({ name: 'NotStartedError' })
    await expect(bitswap.getMany([block().cid]).next()).rejects.toMatchObject({ name: 'NotStartedError' })
  })

  it('offline: connect to no provider', async () => {
    const { bitswap, network, clock } = world()
    await bitswap.start()
    const { cid, bytes } = block()
    await bitswap.put(cid, bytes)
    const options = { offline: true, providers: ['/ip4/127.0.0.1/tcp/1'] }
    expect(await bitswap.get(cid, options)).toEqual(bytes)
    for await (const got of bitswap.getMany([cid], options)) expect(got.bytes).toEqual(bytes)
    const session = bitswap.createSession()
    expect(await session.get(cid, options)).toEqual(bytes)
    session.close()
    await clock.settle()
    expect(network.dialed).toEqual([])
    await bitswap.stop()
  })
})

describe('limits of pace', () => {
  it('a peer that is banned in the middle of its message leaves nothing that waits', async () => {
    const { network, bitswap, clock } = world({ limits: { downloadPerPeer: 1_000 }, trust: { strikes: 1 } })
    await bitswap.start()
    const wanted = bitswap.get(block().cid)
    await clock.settle()
    const forged = { prefix: cidPrefix(block().cid), bytes: new Uint8Array(1_000_000) }
    // Read on at once: there is nobody left to be slowed down.
    await network.events?.received(ERNIE, createMessage({ blocks: [forged] }))
    expect([network.calls, bitswap.stat().partners]).toEqual([['start', 'expel'], []])
    await Promise.all([bitswap.stop(), expect(wanted).rejects.toMatchObject({ name: 'NotStartedError' })])
    expect(clock.timers).toBe(0)
  })
})
