/** Boxo's verdict on the vectors of `test/blocks`: what it takes of a peer is what we take, but for what is named here. */
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cidKey } from '../../../src/ids.ts'
import { decodeMessage } from '../../../src/message/decode-message.ts'
import { FrameReader } from '../../../src/message/frame.ts'
import { VECTORS, type Vector } from '../../blocks/verification-vectors.ts'
import { framed } from '../../limits/support/wire.ts'
import { startBareNode } from '../../support/live-peer.ts'
import type { ForeignPeer } from '../foreign-peer.ts'
import { whyNot } from '../required.ts'
import { boxo } from './boxo-kind.ts'

const PROTOCOL = '/ipfs/bitswap/1.2.0'
/** A block that is taken is handed out within some ten milliseconds; one that is not never is. */
const PATIENCE_MS = { taken: 20_000, dropped: 250 }

/** Boxo takes these: it reads four numbers and asks neither what follows nor for the codec of version 0. */
const BOXO_TAKES: ReadonlySet<string> = new Set([
  'a prefix of five varints',
  'a prefix that goes on with the digest',
  'version 0 with dag-cbor'
])

/** Boxo does not take these: the bytes are right, and the CID that they come under is another one of the same multihash. */
const BOXO_DROPS: ReadonlySet<string> = new Set([
  'version 1, dag-pb for raw',
  'version 0 for version 1',
  'version 1 for version 0',
  'no prefix, as of bitswap 1.0, for version 1',
  'a codec of two bytes',
  'a codec of eight bytes'
])

/** A peer that answers the want of the vector with its message. */
async function answering(peer: ForeignPeer, { want, message }: Vector): Promise<void> {
  const node = await startBareNode()
  let answered = false
  await node.handle(PROTOCOL, (stream) => {
    const frames = new FrameReader()
    stream.addEventListener('message', ({ data }) => {
      for (const body of frames.push(data.slice())) {
        const { wants } = decodeMessage(body).message
        if (answered || !wants.some(({ key }) => key === cidKey(want))) continue
        answered = true
        void answer()
      }
    })
  })
  const connection = await node.dial(peer.addresses.map((address) => multiaddr(address)))
  const answer = async (): Promise<void> => {
    const out = await connection.newStream(PROTOCOL)
    const bytes = framed(message)
    for (let at = 0; at < bytes.length; at += 65_536) {
      if (!out.send(bytes.subarray(at, at + 65_536))) await out.onDrain()
    }
  }
}

const reason = await whyNot(boxo)

describe.skipIf(reason !== undefined)('Boxo, of a peer that sends', () => {
  it.each(VECTORS)('$verdict: $name', async (vector) => {
    const peer = await boxo.start({})
    onTestFinished(() => peer.stop())
    await answering(peer, vector)
    const isTaken = BOXO_TAKES.has(vector.name) || (vector.verdict === 'taken' && !BOXO_DROPS.has(vector.name))
    const signal = AbortSignal.timeout(PATIENCE_MS[isTaken ? 'taken' : 'dropped'])
    const got = await peer.get(vector.want, { signal }).catch(() => undefined)
    expect(got !== undefined && Buffer.compare(got, vector.block) === 0).toBe(isTaken)
  })
})
