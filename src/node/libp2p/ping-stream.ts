import type { Libp2p, PeerId, Stream } from '@libp2p/interface'
import { ProtocolError } from '../../errors.ts'

const PROTOCOL = '/ipfs/ping/1.0.0'
const PING_BYTES = 32

/** One stream of the ping protocol. Measures what libp2p's own service does, in parts of a millisecond. */
export class PingStream {
  readonly #stream: Stream

  private constructor(stream: Stream) {
    this.#stream = stream
  }

  /** Dials the peer when there is no connection. */
  static async open(libp2p: Pick<Libp2p, 'dialProtocol'>, peer: PeerId, signal?: AbortSignal): Promise<PingStream> {
    return new PingStream(await libp2p.dialProtocol(peer, PROTOCOL, { ...(signal && { signal }) }))
  }

  /** Milliseconds there and back. */
  async ping(signal: AbortSignal): Promise<number> {
    const sent = crypto.getRandomValues(new Uint8Array(PING_BYTES))
    const answer = this.#read(signal)
    // When nothing can be sent nobody waits for the answer, which fails sooner or later.
    answer.catch(() => undefined)
    const start = performance.now()
    this.#stream.send(sent)
    const got = await answer
    const latencyMs = performance.now() - start
    if (!Buffer.from(sent).equals(got)) throw new ProtocolError('the peer answered a ping with other bytes')
    return latencyMs
  }

  async close(): Promise<void> {
    await this.#stream.close().catch((error: unknown) => {
      this.#stream.abort(error instanceof Error ? error : new Error(String(error)))
    })
  }

  async #read(signal: AbortSignal): Promise<Buffer> {
    const parts: Uint8Array[] = []
    let size = 0
    const stop = new AbortController()
    const done = Promise.withResolvers<undefined>()
    const options = { signal: stop.signal }
    const fail = (): void => done.reject(signal.aborted ? signal.reason : new Error('the peer closed the stream'))
    this.#stream.addEventListener('close', fail, options)
    this.#stream.addEventListener(
      'message',
      ({ data }) => {
        parts.push(data.subarray())
        size += data.byteLength
        if (size >= PING_BYTES) done.resolve(undefined)
      },
      options
    )
    signal.addEventListener('abort', fail, options)
    try {
      if (signal.aborted) fail()
      await done.promise
      return Buffer.concat(parts)
    } finally {
      stop.abort()
    }
  }
}
