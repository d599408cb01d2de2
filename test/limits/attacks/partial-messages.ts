import type { Stream } from '@libp2p/interface'
import { crowd, everyone, openStream, sendAll } from './crowd.ts'
import { varint } from '../support/wire.ts'

const LENGTH = 4_000_000

/** Bounded: by the test. Streams that carry half a message. */
const streams: Stream[] = []
let dripping: NodeJS.Timeout | undefined

export const partialMessages = {
  /** Each begins so many messages of 4 MB, sends so many bytes of each, as far as they are taken, and then nothing. */
  beginMessages: async (how: { readonly streams: number; readonly bytes: number }): Promise<void> => {
    const piece = new Uint8Array(64 * 1024)
    await everyone(async (attacker) => {
      const own = await Promise.all(Array.from({ length: how.streams }, () => openStream(attacker)))
      streams.push(...own)
      await Promise.all(
        own.map(async (stream) => {
          await sendAll(stream, varint(LENGTH))
          for (let sent = 0; sent < how.bytes; sent += piece.length) if (!(await within(sendAll(stream, piece)))) return
        })
      )
    })
  },
  /** From now on a byte of each, so often. */
  drip: (everyMs: number): void => {
    dripping = setInterval(() => {
      for (const stream of streams) if (stream.status === 'open') void sendAll(stream, new Uint8Array(1))
    }, everyMs)
  },
  stopDripping: (): void => clearInterval(dripping),
  /** Streams that have not been reset. */
  openStreams: (): number => streams.filter(({ status }) => status === 'open').length,
  attackers: (): number => crowd.length
}

/** False when it takes longer than a paused stream should be waited for. */
async function within(sent: Promise<boolean>): Promise<boolean> {
  return await Promise.race([sent, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 3_000))])
}
