import { yamux, type YamuxMuxerInit } from '@chainsafe/libp2p-yamux'
import type { MessageStream, Stream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import type { Clock } from '../../ports.ts'
import { MuxerGuardError, type StreamTable, YamuxFrameWatch, type YamuxLimits } from './yamux-frame-watch.ts'
import { CrowdedMemory, type FrameMemory, YamuxFrames } from './yamux-frames.ts'

export interface GuardedYamuxLimits extends YamuxLimits {
  /** Streams of a peer that have not agreed on a protocol; each holds 40 KB of timers and the like. More are refused. */
  readonly maxNewStreams: number
}

/**
 * Frames taken from a peer that does not read our answers: each may need one, and that keeps half a KB. Far more than an honest peer
 * has on its way while it is busy.
 */
const MAX_FRAMES_UNANSWERED = 8_192

/** Yamux that closes the connection of a peer which sends frames beyond the limits, and collects no long ones. */
export function guardedYamux(
  init: YamuxMuxerInit & { readonly maxInboundStreams: number },
  limits: GuardedYamuxLimits,
  clock: Pick<Clock, 'now'>
): () => StreamMuxerFactory {
  const memory = new CrowdedMemory()
  return () => {
    const factory = yamux(init)()
    return {
      protocol: factory.protocol,
      createStreamMuxer(connection: MessageStream) {
        const muxer = factory.createStreamMuxer(connection)
        guard(muxer, connection, { ...limits, maxInboundStreams: init.maxInboundStreams, memory }, clock)
        return muxer
      }
    }
  }
}

type Limits = GuardedYamuxLimits & { readonly maxInboundStreams: number; readonly memory: FrameMemory }

/** As yamux has it. */
type YamuxMuxer = ReturnType<ReturnType<ReturnType<typeof yamux>>['createStreamMuxer']>

function guard(muxer: YamuxMuxer, connection: MessageStream, limits: Limits, clock: Pick<Clock, 'now'>): void {
  const streams = new Streams(muxer, limits)
  const watch = new YamuxFrameWatch(limits, streams, clock.now())
  const frames = new YamuxFrames((header) => watch.frame(header, clock.now()), limits.memory)
  connection.addEventListener('close', () => frames.close())
  const onData = muxer.onData.bind(muxer)
  let answered = 0
  // An error thrown here closes the muxer and its connection.
  muxer.onData = (data) => {
    if (!connection.writableNeedsDrain) answered = watch.frames
    for (const read of data instanceof Uint8Array ? [data] : data) {
      const chunk = limits.memory.isMuch || streams.someWait ? compact(read) : read
      const parts = frames.push(chunk)
      if (watch.chunkEnds(clock.now()) > 0) streams.allow()
      if (watch.frames - answered > MAX_FRAMES_UNANSWERED) throw new MuxerGuardError('it does not read our answers')
      for (const part of parts) onData(part)
    }
  }
}

/**
 * Read over TLS, 16 KiB come in a buffer of 64, and whatever is kept of them holds on to all of it. What is dealt with at
 * once need not be copied for that.
 */
function compact(chunk: Uint8Array): Uint8Array {
  // Not `slice`: of a Buffer that is a view.
  return chunk.byteLength < chunk.buffer.byteLength / 2 ? new Uint8Array(chunk) : chunk
}

/** The streams of a connection, and how many more its peer may open. */
class Streams implements StreamTable {
  readonly #muxer: StreamMuxer
  readonly #limits: Limits

  constructor(muxer: StreamMuxer, limits: Limits) {
    this.#muxer = muxer
    this.#limits = limits
  }

  /** What comes for one of them has to wait. */
  get someWait(): boolean {
    return this.#muxer.streams.some(
      ({ readStatus, readBufferLength }) => readStatus === 'paused' || readBufferLength > 0
    )
  }

  has(id: number): boolean {
    return this.#find(id) !== undefined
  }

  isFresh(id: number): boolean {
    return this.#find(id)?.protocol === ''
  }

  room(): number {
    const { incoming, fresh } = this.#count()
    return Math.max(0, Math.min(this.#limits.maxInboundStreams - incoming, this.#limits.maxNewStreams - fresh))
  }

  /** Yamux refuses streams beyond its own limit one by one: lowers that to what there is room for now. */
  allow(): void {
    Reflect.set(this.#muxer, 'maxInboundStreams', this.#count().incoming + this.room())
  }

  #find(id: number): Stream | undefined {
    const name = id.toString()
    return this.#muxer.streams.find((stream) => stream.id === name)
  }

  #count(): { readonly incoming: number; readonly fresh: number } {
    let incoming = 0
    let fresh = 0
    for (const stream of this.#muxer.streams) {
      if (stream.direction !== 'inbound') continue
      incoming++
      // libp2p sets it once both ends agreed.
      if (stream.protocol === '') fresh++
    }
    return { incoming, fresh }
  }
}
