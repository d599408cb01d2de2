import { type Connection, type Stream, UnsupportedProtocolError } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it, onTestFinished } from 'vitest'
import { OlderConnections } from '../../../src/network/libp2p/older-connections.ts'
import { SeededRandom } from '../../../src/simulation/seeded-random.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { eventually } from '../../support/eventually.ts'
import { block, fetchAll, partners, startLivePeer, type LivePeer } from '../../support/live-peer.ts'
import { buildProxies } from '../../testbed/proxies.ts'
import type { Stranding } from '../../testbed/flow-table.ts'

const PEER = peerIdFromString('12D3KooWBViGoGpu8qxK8KUComAobK6xDuWV3gw7oJuSjZ5rh9BV')
const LINK = { a: 1, b: 2 }
const FAST = { delayMs: 0, jitterMs: 0, bytesPerSecond: 1e8, loss: 0, clogged: false }
/** Far less than libp2p takes to find out by itself. */
const ANSWER_MS = 300

/** Two peers with a proxy between them that can break their connections one-sidedly. The first one dials. */
async function startProxiedPair(): Promise<{
  a: LivePeer
  b: LivePeer
  readonly strand: (how: Stranding) => void
  readonly redial: () => Promise<void>
}> {
  const network = { reconnectAnswerMs: ANSWER_MS }
  const [a, b] = [await startLivePeer({ network }), await startLivePeer({ network })]
  const proxies = buildProxies(2, FAST, new SeededRandom('older connections'))
  onTestFinished(() => proxies.close())
  await proxies.listening(1, a.addresses[0] ?? '')
  await proxies.listening(2, b.addresses[0] ?? '')
  await a.node.dial(multiaddr(`${proxies.addressOf(1, 2)}/p2p/${b.id}`))
  await partners(a, b)
  const redial = async (): Promise<void> => {
    await b.node.dial(multiaddr(`${proxies.addressOf(2, 1)}/p2p/${a.id}`))
  }
  return { a, b, strand: (how) => proxies.strand(LINK, how), redial }
}

describe('a peer that lost its connection and connects anew', () => {
  it('is asked for blocks on the new one, though the old one looks open', async () => {
    const { a, b, strand, redial } = await startProxiedPair()
    const [first, second] = [block(1_000, 1), block(50_000, 2)]
    await b.has([first, second])
    await fetchAll(a, [first])
    const [dead] = a.node.getConnections()
    strand('b-knows')
    await eventually(() => b.node.getConnections().length === 0, 'the second peer lost its connection')
    await redial()
    await fetchAll(a, [second], { signal: AbortSignal.timeout(10_000) })
    await eventually(() => dead?.status !== 'open', 'the dead connection is closed')
    expect(a.node.getConnections()).toHaveLength(1)
  })
})

/** A connection that answers as told, or not at all. */
class FakeConnection {
  readonly id: string
  readonly timeline: { readonly open: number }
  readonly remotePeer = PEER
  readonly answer: (() => Promise<Stream>) | undefined
  status = 'open'
  asked = 0

  constructor(id: string, opened: number, answer?: () => Promise<Stream>) {
    this.id = id
    this.timeline = { open: opened }
    this.answer = answer
  }

  newStream(): Promise<Stream> {
    this.asked++
    return this.answer?.() ?? new Promise(() => undefined)
  }

  abort(): void {
    this.status = 'aborted'
  }
}

describe('older connections', () => {
  const world = (...connections: readonly FakeConnection[]) => {
    const clock = new ManualClock()
    const all = connections as unknown as Connection[]
    const getConnections = (): Connection[] => all.filter(({ status }) => status === 'open')
    const older = new OlderConnections({
      libp2p: { getConnections },
      clock,
      logger: new RecordingLogger(),
      answerMs: 500
    })
    const check = (index: number): void => older.check(all[index] as Connection)
    return { clock, check }
  }
  const stream = { abort: () => undefined } as unknown as Stream
  const answers: Readonly<Record<string, () => Promise<Stream>>> = {
    'a stream': () => Promise.resolve(stream),
    'a refusal': () => Promise.reject(new UnsupportedProtocolError('na'))
  }

  it('that stay silent are closed', async () => {
    const [old, fresh] = [new FakeConnection('old', 1), new FakeConnection('fresh', 2)]
    const { clock, check } = world(old, fresh)
    check(1)
    await clock.settle()
    clock.advance(499)
    await clock.settle()
    expect(old.status).toBe('open')
    clock.advance(1)
    await clock.settle()
    expect(old.status).toBe('aborted')
    expect(fresh).toMatchObject({ status: 'open', asked: 0 })
  })

  it.each(Object.keys(answers))('that answer with %s are kept', async (answer) => {
    const [old, fresh] = [new FakeConnection('old', 1, answers[answer]), new FakeConnection('fresh', 2)]
    const { clock, check } = world(old, fresh)
    check(1)
    await clock.settle()
    clock.advance(10_000)
    await clock.settle()
    expect(old.status).toBe('open')
  })

  it('are kept when the new one is gone by then, and asked once at a time', async () => {
    const [old, fresh] = [new FakeConnection('old', 1), new FakeConnection('fresh', 2)]
    const { clock, check } = world(old, fresh)
    check(1)
    check(1)
    expect(old.asked).toBe(1)
    fresh.abort()
    clock.advance(500)
    await clock.settle()
    expect(old.status).toBe('open')
  })
})
