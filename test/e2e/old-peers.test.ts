import type { Libp2p, Stream } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { cidKey, type CidKey } from '../../src/ids.ts'
import { decodeMessage } from '../../src/message/decode-message.ts'
import { encodeFrame } from '../support/encode-frame.ts'
import { FrameReader } from '../../src/message/frame.ts'
import { createMessage, type Message } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import type { WireVersion } from '../../src/message/wire-version.ts'
import type { SampleBlock } from '../../src/testing/sample-blocks.ts'
import { eventually } from '../support/eventually.ts'
import { blocks, fetchAll, type LivePeer, sizeOf, startBareNode, startLivePeer } from '../support/live-peer.ts'

const OLD: readonly (readonly [string, WireVersion])[] = [
  ['/ipfs/bitswap/1.1.0', '1.1.0'],
  ['/ipfs/bitswap/1.0.0', '1.0.0'],
  ['/ipfs/bitswap', 'unversioned']
]

/** A peer from before want-have and dont-have: sends blocks that it has, and is silent about those it has not. */
class OldPeer {
  readonly node: Libp2p
  readonly received: Message[] = []
  readonly #protocol: string
  readonly #version: WireVersion
  readonly #blocks = new Map<CidKey, SampleBlock>()
  #out: Promise<Stream> | undefined

  constructor(node: Libp2p, [protocol, version]: readonly [string, WireVersion]) {
    this.node = node
    this.#protocol = protocol
    this.#version = version
  }

  async start(): Promise<this> {
    await this.node.handle(this.#protocol, (stream, { remotePeer }) => {
      const frames = new FrameReader()
      stream.addEventListener('message', ({ data }) => {
        for (const body of frames.push(data.slice())) this.#take(decodeMessage(body).message, remotePeer)
      })
      stream.addEventListener('remoteCloseWrite', () => void stream.close())
    })
    return this
  }

  has(all: readonly SampleBlock[]): void {
    for (const each of all) this.#blocks.set(cidKey(each.cid), each)
  }

  async send(to: Parameters<Libp2p['dialProtocol']>[0], message: Message): Promise<void> {
    this.#out ??= this.node.dialProtocol(to, this.#protocol)
    ;(await this.#out).send(encodeFrame(message, this.#version))
  }

  #take(message: Message, from: Parameters<Libp2p['dialProtocol']>[0]): void {
    this.received.push(message)
    const found = message.wants.map(({ key }) => this.#blocks.get(key)).filter((each) => each !== undefined)
    if (found.length === 0) return
    // Its stream ends with the test.
    const answer = found.map(({ cid, bytes }) => ({ prefix: cidPrefix(cid), bytes }))
    this.send(from, createMessage({ blocks: answer })).catch(() => undefined)
  }
}

async function barterAnd(old: OldPeer): Promise<LivePeer> {
  const barter = await startLivePeer()
  await barter.node.dial(old.node.getMultiaddrs())
  await eventually(() => barter.bitswap.stat().partners.length === 1, 'Barter knows that the old peer trades')
  return barter
}

describe.each(OLD)('a peer that speaks %s', (...spoken) => {
  it('gives what it has', async () => {
    const old = await new OldPeer(await startBareNode(), spoken).start()
    const barter = await barterAnd(old)
    const all = blocks(40, 5_000)
    old.has(all)
    await fetchAll(barter, all)
    expect(barter.bitswap.ledger(old.node.peerId)).toMatchObject({
      bytesSent: 0,
      bytesReceived: sizeOf(all),
      exchanges: 40
    })
    // It would take a want-have for a want of the block.
    const told = old.received.flatMap(({ wants }) => wants.map(({ type }) => type))
    expect(told).toEqual(told.map(() => 'block'))
  })

  it('gets what it wants, also when it is stored later', async () => {
    const old = await new OldPeer(await startBareNode(), spoken).start()
    const barter = await barterAnd(old)
    const all = blocks(10, 5_000)
    const [late, ...here] = all
    if (late === undefined) throw new Error('no block')
    await barter.has(here)
    const wants = all.map(({ cid }) => {
      return { cid, key: cidKey(cid), type: 'block' as const, priority: 1, sendDontHave: false }
    })
    await old.send(barter.node.getMultiaddrs(), createMessage({ full: true, wants }))
    const arrived = (): Buffer[] =>
      old.received.flatMap((message) => message.blocks.map(({ bytes }) => Buffer.from(bytes)))
    await eventually(() => arrived().length === 9, 'what is here arrives')
    await barter.has([late])
    await eventually(() => arrived().length === 10, 'what came later arrives')
    expect(all.every(({ bytes }) => arrived().some((each) => each.equals(bytes)))).toBe(true)
    expect(old.received.flatMap(({ presences }) => presences)).toEqual([])
    const ledger = (): ReturnType<LivePeer['bitswap']['ledger']> => barter.bitswap.ledger(old.node.peerId)
    await eventually(() => ledger()?.exchanges === 10, 'all is booked')
    expect(ledger()).toMatchObject({ bytesSent: sizeOf(all), bytesReceived: 0 })
  })
})
