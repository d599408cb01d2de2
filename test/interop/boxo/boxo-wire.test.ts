/** What Boxo says on the wire is what the fixtures say; `--update` takes them down anew. */
import { fileURLToPath } from 'node:url'
import type { Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { CID } from 'multiformats/cid'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cidKey } from '../../../src/ids.ts'
import { FrameReader } from '../../../src/message/frame.ts'
import { createMessage, type Message, type WantEntry, type WantType } from '../../../src/message/message.ts'
import type { WireVersion } from '../../../src/message/wire-version.ts'
import { type BoxoFixture, boxoFixtureFile, CAPTURED_BLOCKS } from '../../support/boxo-fixtures.ts'
import { encodeFrame } from '../../support/encode-frame.ts'
import { startBareNode } from '../../support/live-peer.ts'
import type { ForeignPeer, ForeignStart } from '../foreign-peer.ts'
import { whyNot } from '../required.ts'
import { boxo } from './boxo-kind.ts'

/** Takes down every message of every stream that is opened to it, and can send some. */
class Recorder {
  readonly #node: Libp2p
  readonly #protocol: string
  readonly #version: WireVersion
  readonly #frames: string[] = []
  #out: Stream | undefined
  #wake: (() => void) | undefined

  constructor(node: Libp2p, version: '1.2.0' | '1.0.0') {
    this.#node = node
    this.#protocol = `/ipfs/bitswap/${version}`
    this.#version = version
  }

  async meet({ addresses }: ForeignPeer): Promise<void> {
    await this.#node.handle(this.#protocol, (stream) => this.#read(stream), { maxInboundStreams: 64 })
    const connection = await this.#node.dial(addresses.map((address) => multiaddr(address)))
    this.#out = await connection.newStream(this.#protocol)
  }

  send(message: Partial<Message>): void {
    this.#out?.send(encodeFrame(createMessage(message), this.#version))
  }

  /** The next message that came, with its length in front, as hexadecimal digits. */
  async next(): Promise<string> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame !== undefined) return frame
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #read(stream: Stream): void {
    const frames = new FrameReader()
    stream.addEventListener('message', ({ data }) => {
      for (const body of frames.push(data.slice())) this.#frames.push(withLength(body))
      this.#wake?.()
    })
    stream.addEventListener('remoteCloseWrite', () => void stream.close())
  }
}

function withLength(body: Uint8Array): string {
  const length: number[] = []
  let rest = body.byteLength
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80)
  return Buffer.concat([Uint8Array.from([...length, rest]), body]).toString('hex')
}

async function record(start: ForeignStart, version: '1.2.0' | '1.0.0'): Promise<readonly [ForeignPeer, Recorder]> {
  const peer = await boxo.start(start)
  onTestFinished(() => peer.stop())
  const recorder = new Recorder(await startBareNode(), version)
  await recorder.meet(peer)
  return [peer, recorder]
}

async function expectFixture(name: BoxoFixture, frame: string): Promise<void> {
  await expect(`${frame}\n`).toMatchFileSnapshot(fileURLToPath(boxoFixtureFile(name)))
}

function want({ cid }: { readonly cid: CID }, type: WantType, priority = 1): WantEntry {
  return { cid, key: cidKey(cid), type, priority, sendDontHave: true }
}

/** Wants a block until it is told not to; nobody ever sends it. */
function seek(peer: ForeignPeer, cid: CID): AbortController {
  const controller = new AbortController()
  peer.get(cid, { signal: controller.signal }).catch(() => undefined)
  return controller
}

const { wanted, small, large, absent, filling, following, old } = CAPTURED_BLOCKS
const reason = await whyNot(boxo)

describe.skipIf(reason !== undefined)('what Boxo says on the wire is what the fixtures say', () => {
  it('when it wants something', async () => {
    const [peer, recorder] = await record({}, '1.2.0')
    const controller = seek(peer, wanted.cid)
    await expectFixture('broadcast', await recorder.next())
    recorder.send({ presences: [{ cid: wanted.cid, key: cidKey(wanted.cid), have: true }] })
    await expectFixture('want', await recorder.next())
    controller.abort()
    await expectFixture('cancel', await recorder.next())
  })

  it('when it is asked for something', async () => {
    const [peer, recorder] = await record({}, '1.2.0')
    await peer.putMany([small, large, filling, following].map(({ bytes }) => bytes))
    const ask = async (...wants: readonly WantEntry[]): Promise<string> => {
      recorder.send({ wants })
      return await recorder.next()
    }
    await expectFixture('have', await ask(want(large, 'have')))
    await expectFixture('dont-have', await ask(want(absent, 'block')))
    await expectFixture('block', await ask(want(small, 'block')))
    await expectFixture('block-and-dont-have', await ask(want(large, 'block', 2), want(absent, 'block', 1)))
    await expectFixture('block-and-pending', await ask(want(filling, 'block', 2), want(following, 'block', 1)))
  })

  it('when it speaks the first protocol of all', async () => {
    const [peer, recorder] = await record({ protocols: ['/ipfs/bitswap/1.0.0'] }, '1.0.0')
    seek(peer, wanted.cid)
    await expectFixture('old-want', await recorder.next())
    await peer.put(old.bytes, { version: 0, codec: 'dag-pb' })
    recorder.send({ wants: [want(old, 'block')] })
    await expectFixture('old-block', await recorder.next())
  })
})
