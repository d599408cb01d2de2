import { yamux, type YamuxMuxerInit } from '@chainsafe/libp2p-yamux'
import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface'
import type { Clock } from '../ports.ts'
import { YamuxFrameWatch, type YamuxLimits } from './yamux-frame-watch.ts'

/** Yamux that closes the connection of a peer which sends frames, or pings, beyond the limits. */
export function guardedYamux(
  init: YamuxMuxerInit,
  limits: YamuxLimits,
  clock: Pick<Clock, 'now'>
): () => StreamMuxerFactory {
  return () => {
    const factory = yamux(init)()
    return {
      protocol: factory.protocol,
      createStreamMuxer(connection: MessageStream) {
        const muxer = factory.createStreamMuxer(connection)
        const watch = new YamuxFrameWatch(limits, clock.now())
        const onData = muxer.onData.bind(muxer)
        // An error thrown here closes the muxer and its connection.
        muxer.onData = (data) => {
          for (const chunk of data instanceof Uint8Array ? [data] : data) watch.push(chunk, clock.now())
          onData(data)
        }
        return muxer
      }
    }
  }
}
