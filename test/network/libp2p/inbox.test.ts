import { describe, expect, it } from 'vitest'
import { encodeMessage } from '../../../src/message/encode-message.ts'
import { createMessage } from '../../../src/message/message.ts'
import { Inbox } from '../../../src/network/libp2p/inbox.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { wantMessage } from './messages.ts'

async function setUp(): Promise<{
  inbox: Inbox
  clock: ManualClock
  seen: number[]
  waiting: () => number
  long: Uint8Array
  short: Uint8Array
}> {
  const clock = new ManualClock()
  const seen: number[] = []
  let bytes = 0
  const inbox = new Inbox({
    clock,
    deliver: ({ message }) => seen.push(message.wants.length + message.pendingBytes),
    waiting: (change) => (bytes += change)
  })
  const { wants } = await wantMessage(1)
  const many = Array.from({ length: 30_000 }, () => wants).flat()
  const long = encodeMessage(createMessage({ wants: many }), '1.2.0')
  const short = encodeMessage(createMessage({ pendingBytes: 7 }), '1.2.0')
  return { inbox, clock, seen, waiting: () => bytes, long, short }
}

const refuseNothing = (error: unknown): never => {
  throw error
}

describe('Inbox', () => {
  it('delivers a short message at once', async () => {
    const { inbox, seen, waiting, short } = await setUp()
    inbox.receive(short, refuseNothing)
    expect(seen).toEqual([7])
    expect(waiting()).toBe(0)
  })

  it('reads a long message in steps, and lets what follows wait for it', async () => {
    const { inbox, clock, seen, waiting, long, short } = await setUp()
    inbox.receive(long, refuseNothing)
    inbox.receive(short, refuseNothing)
    expect(seen).toEqual([])
    expect(waiting()).toBe(long.length + short.length)
    clock.flush()
    expect(seen).toEqual([1, 7])
    expect(waiting()).toBe(0)
    inbox.receive(short, refuseNothing)
    expect(seen).toEqual([1, 7, 7])
  })

  it('refuses a message that turns out to be unreadable later, and goes on', async () => {
    const { inbox, clock, seen, waiting, long, short } = await setUp()
    const refused: unknown[] = []
    inbox.receive(Buffer.concat([long, Uint8Array.of(0xff)]), (error) => refused.push(error))
    inbox.receive(short, refuseNothing)
    clock.flush()
    expect(refused).toMatchObject([{ name: 'ProtocolError' }])
    expect(seen).toEqual([7])
    expect(waiting()).toBe(0)
  })

  it('drops what waits when it is closed', async () => {
    const { inbox, clock, seen, waiting, long, short } = await setUp()
    inbox.receive(long, refuseNothing)
    inbox.receive(short, refuseNothing)
    inbox.close()
    clock.flush()
    expect(seen).toEqual([])
    expect(waiting()).toBe(0)
  })
})
