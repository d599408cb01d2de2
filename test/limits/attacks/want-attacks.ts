import { everyone, openStream, sendAll, stopReading } from './crowd.ts'
import { type ListInit, wantlist } from '../support/wire.ts'

export const wantAttacks = {
  /** Each sends a MiB of cancels of what it never wanted: what busy connections cost is not to be mistaken for wants. */
  warmUp: async (): Promise<void> => {
    const list = wantlist({ count: 1_000, cancel: true })
    await everyone(async (attacker) => {
      const stream = await openStream(attacker)
      for (let i = 0; i < 24; i++) await sendAll(stream, Buffer.from(list.frame))
      await stream.close()
    })
  },
  /**
   * Each sends so many lists of new CIDs, as fast as they are taken, and opens a new stream when it loses one. Resolves with
   * the wants that left whole.
   */
  wantFlood: async ({ lists, ...init }: ListInit & { readonly lists: number }): Promise<number> => {
    const list = wantlist(init)
    let sent = 0
    await everyone(async (attacker) => {
      let stream = await openStream(attacker)
      for (let i = 0; i < lists; i++) {
        list.refresh()
        if (await sendAll(stream, Buffer.from(list.frame))) sent += init.count
        else stream = await openStream(attacker)
      }
    })
    return sent
  },
  /** Each asks for so many blocks and then reads nothing more: neither the streams, or (`deaf`) not even the socket. */
  askAndNotRead: async ({ deaf, ...init }: ListInit & { readonly deaf: boolean }): Promise<void> => {
    await everyone(async (attacker) => {
      const stream = await openStream(attacker)
      const list = wantlist(init)
      const sent = sendAll(stream, list.frame)
      if (deaf) setTimeout(() => stopReading(attacker), 1_000)
      await sent
    })
  }
}
