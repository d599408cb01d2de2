import type { Libp2p, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { expect, it, onTestFinished } from 'vitest'
import { PingStream } from '../../../src/node/libp2p/ping-stream.ts'

const PEER: PeerId = peerIdFromString('12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z')

/** A stream that the other side has closed without a word: nothing can be sent, and no event tells of it. */
class ClosedStream extends EventTarget {
  send(): boolean {
    throw new Error('Cannot write to a stream that is closed')
  }
}

it('fails once when nothing can be sent, and is silent when the caller goes away afterwards', async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  const libp2p = { dialProtocol: () => Promise.resolve(new ClosedStream()) } as unknown as Pick<Libp2p, 'dialProtocol'>
  const stream = await PingStream.open(libp2p, PEER)
  const caller = new AbortController()
  await expect(stream.ping(caller.signal)).rejects.toThrow('closed')
  caller.abort(new Error('the caller hung up'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(unhandled).toEqual([])
})
