/** A peer made of bare streams, to do what a well-behaved one would not. */
import type { Libp2p, Stream } from '@libp2p/interface'
import { encodeFrame } from '../../support/encode-frame.ts'
import { decodeMessage } from '../../../src/message/decode-message.ts'
import { FrameReader } from '../../../src/message/frame.ts'
import type { Message } from '../../../src/message/message.ts'

const PROTOCOL = '/ipfs/bitswap/1.2.0'

export interface Incoming {
  readonly stream: Stream
  readonly messages: Message[]
}

/** Accepts bitswap streams; `onStream` may pause or reset them. Waits for streams and messages by number. */
export class WirePeer {
  readonly node: Libp2p
  readonly streams: Incoming[] = []
  /** Called in the handler of a stream, with its number from 0. */
  onStream: (stream: Stream, index: number) => void = () => undefined
  /** Called after each message of a stream. */
  onMessage: (incoming: Incoming) => void = () => undefined
  #waiting: (() => void)[] = []

  constructor(node: Libp2p) {
    this.node = node
  }

  async start(): Promise<this> {
    await this.node.handle(PROTOCOL, (stream) => this.#accept(stream), { maxInboundStreams: 1024 })
    return this
  }

  async until(ready: () => boolean): Promise<void> {
    while (!ready()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  messages(): Message[] {
    return this.streams.flatMap(({ messages }) => messages)
  }

  #accept(stream: Stream): void {
    const incoming: Incoming = { stream, messages: [] }
    const frames = new FrameReader()
    stream.maxReadBufferLength = 64 * 1024 * 1024
    stream.addEventListener('message', ({ data }) => {
      for (const body of frames.push(data.subarray())) {
        incoming.messages.push(decodeMessage(body).message)
        this.onMessage(incoming)
      }
      this.wake()
    })
    stream.addEventListener('remoteCloseWrite', () => {
      void stream.close().then(() => this.wake())
    })
    stream.addEventListener('close', () => this.wake())
    this.streams.push(incoming)
    this.onStream(stream, this.streams.length - 1)
    this.wake()
  }

  wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

/** Stops reading a stream after so many messages. */
export function pauseAfter(count: number): (incoming: Incoming) => void {
  return ({ stream, messages }) => {
    // A pause asked for inside the listener is forgotten by libp2p.
    if (messages.length === count) queueMicrotask(() => stream.pause())
  }
}

/** Opens a bare bitswap stream to a peer that is listened to by `libp2p`. */
export async function openStream(node: Libp2p, to: Libp2p): Promise<Stream> {
  const stream = await node.dialProtocol(to.getMultiaddrs(), PROTOCOL, { maxOutboundStreams: 1024 })
  stream.addEventListener('message', () => undefined)
  return stream
}

export function frameOf(message: Message): Uint8Array {
  return encodeFrame(message, '1.2.0')
}

/** Resolves with the error that ended a stream, or undefined when it ended well. */
export function closed(stream: Stream): Promise<Error | undefined> {
  if (stream.status === 'closed') return Promise.resolve(undefined)
  return new Promise((resolve) => {
    stream.addEventListener('close', (event) => resolve(event.error), { once: true })
  })
}
