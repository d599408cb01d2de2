import { createMessage } from '../../../src/message/message.ts'
import { cidPrefix } from '../../../src/message/prefix.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { encodeFrame } from '../../support/encode-frame.ts'
import { wantlist } from '../support/wire.ts'
import { type ConnectInit, crowd, crowdCalls, openStream, sendAll } from './crowd.ts'

export const sybils = {
  /**
   * So many peers come one after the other. Each sends blocks that nobody asked for, and a want, on a stream that it keeps
   * open. Resolves with those that got in.
   */
  eclipse: async (init: ConnectInit): Promise<number> => {
    const junk = Array.from({ length: 8 }, (_, i) => numberedBlock(1_000_000 + i, 4_096))
    const gifts = encodeFrame(
      createMessage({ blocks: junk.map(({ cid, bytes }) => ({ prefix: cidPrefix(cid), bytes })) }),
      '1.2.0'
    )
    let came = 0
    for (let i = 0; i < init.count; i++) {
      try {
        await crowdCalls.connect({ ...init, count: 1 })
        const newest = crowd.at(-1)
        if (newest === undefined) continue
        const stream = await openStream(newest)
        await sendAll(stream, gifts)
        await sendAll(stream, wantlist({ count: 4 }).frame)
        came++
      } catch {
        // Refused: there are too many already.
      }
    }
    return came
  }
}
