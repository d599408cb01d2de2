/** A peer that nobody knows sends one large message, in a process of its own: to make it takes time that others would miss. */
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { createMessage } from '../../../src/message/message.ts'
import { cidPrefix } from '../../../src/message/prefix.ts'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { encodeFrame } from '../../support/encode-frame.ts'
import { BITSWAP, sendAll } from '../attacks/crowd.ts'
import { answerCalls } from './child.ts'
import { MIB } from './scale.ts'

const MAX_TRIES = 3
const PIECE_BYTES = 256 * 1024

const { cid, bytes } = numberedBlock(2_000_000, 3.5 * MIB)
const frame = encodeFrame(createMessage({ blocks: [{ prefix: cidPrefix(cid), bytes }] }), '1.2.0')
let connection: Connection | undefined

/** False when the stream is reset. */
async function sendWhole(stream: Stream): Promise<boolean> {
  const ended = new Promise<boolean>((resolve) => {
    stream.addEventListener('close', ({ error }) => resolve(error === undefined), { once: true })
  })
  for (let at = 0; at < frame.length; at += PIECE_BYTES) {
    if (!(await sendAll(stream, frame.subarray(at, at + PIECE_BYTES)))) return false
  }
  // Ends when the other side has read all of it.
  await stream.close()
  return await ended
}

const calls = {
  connect: async (to: readonly string[]): Promise<void> => {
    const node = await createLibp2p(libp2pDefaults())
    connection = await node.dial(to.map((address) => multiaddr(address)))
  },
  /**
   * A message of 3.5 MiB, as fast as it is taken, and again when its stream is reset, as implementations do. Resolves with
   * the number of tries it took until the other side had read it whole, or Infinity.
   */
  sendLargeMessage: async (): Promise<number> => {
    if (connection === undefined) throw new Error('connect it first')
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      if (await sendWhole(await connection.newStream(BITSWAP))) return tries
    }
    return Infinity
  }
}

export type StrangerCalls = typeof calls

answerCalls(calls)
