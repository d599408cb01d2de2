import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MessageDecoder } from '../../../src/message/decode-message.ts'
import { encodeMessage } from '../../../src/message/encode-message.ts'
import { createMessage } from '../../../src/message/message.ts'
import { Inbox, type InboxParts, MAX_STAY_MS } from '../../../src/network/libp2p/inbox.ts'
import { ReadingRoom } from '../../../src/network/libp2p/reading-room.ts'
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
    room: new ReadingRoom(),
    deliver: ({ message }) => void seen.push(message.wants.length + message.pendingBytes),
    waiting: (change) => (bytes += change),
    failed: failNothing
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

const failNothing = refuseNothing

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
    // The short one as if it had 512 bytes.
    expect(waiting()).toBe(long.length + 512)
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

  it.each(['is read', 'is delivered'])(
    'tells of a mistake of ours while a message %s, and blames nobody',
    async (when) => {
      const { clock, short, long } = await setUp()
      const seen: number[] = []
      const failures: unknown[] = []
      const inbox = new Inbox({
        clock,
        room: new ReadingRoom(),
        waiting: () => undefined,
        deliver: ({ message }) => {
          seen.push(message.pendingBytes)
          if (when === 'is delivered' && seen.length <= 2) throw new TypeError('ours')
        },
        failed: (error) => failures.push(error)
      })
      if (when === 'is read') {
        const step = vi.spyOn(MessageDecoder.prototype, 'step')
        onTestFinished(() => step.mockRestore())
        for (let i = 0; i < 2; i++) {
          step.mockImplementationOnce(() => {
            throw new TypeError('ours')
          })
        }
      }
      for (const body of [short, long, short]) inbox.receive(body, refuseNothing)
      clock.flush()
      expect(failures).toMatchObject([{ message: 'ours' }, { message: 'ours' }])
      expect(seen.at(-1)).toBe(7)
    }
  )

  it('drops what waits when it is closed', async () => {
    const { inbox, clock, seen, waiting, long, short } = await setUp()
    inbox.receive(long, refuseNothing)
    inbox.receive(short, refuseNothing)
    inbox.close()
    clock.flush()
    expect(seen).toEqual([])
    expect(waiting()).toBe(0)
  })

  describe('of several peers', () => {
    /** Inboxes that share a room; what each delivers is dealt with when the test says so. */
    function setUpTwo(clock: ManualClock) {
      const room = new ReadingRoom()
      const seen: string[] = []
      const done: (() => void)[] = []
      const make = (name: string): Inbox => {
        const parts: InboxParts = {
          clock,
          room,
          waiting: () => undefined,
          deliver: ({ message }) => {
            seen.push(`${name} ${message.wants.length}/${message.pendingBytes}`)
            return new Promise((resolve) => done.push(() => resolve()))
          },
          failed: failNothing
        }
        return new Inbox(parts)
      }
      const settle = async (): Promise<void> => {
        done.shift()?.()
        await new Promise((resolve) => setImmediate(resolve))
        clock.flush()
      }
      return { a: make('a'), b: make('b'), seen, settle }
    }

    it('one long message is read at a time, and dealt with before the next; short ones pass', async () => {
      const { clock, long, short } = await setUp()
      const { a, b, seen, settle } = setUpTwo(clock)
      for (const inbox of [a, b]) inbox.receive(long, refuseNothing)
      clock.flush()
      expect(seen).toEqual(['a 1/0'])
      new Inbox({
        clock,
        room: new ReadingRoom(),
        waiting: () => undefined,
        deliver: () => void seen.push('c'),
        failed: failNothing
      }).receive(short, refuseNothing)
      expect(seen).toEqual(['a 1/0', 'c'])
      await settle()
      expect(seen).toEqual(['a 1/0', 'c', 'b 1/0'])
    })

    it('what comes after wants waits until these have been looked at', async () => {
      const { clock, short } = await setUp()
      const { a, seen, settle } = setUpTwo(clock)
      a.receive(encodeMessage(await wantMessage(1), '1.2.0'), refuseNothing)
      for (let i = 0; i < 2; i++) a.receive(short, refuseNothing)
      expect(seen).toEqual(['a 1/0'])
      await settle()
      // Without wants nothing has to be waited for.
      expect(seen).toEqual(['a 1/0', 'a 0/7', 'a 0/7'])
    })

    it('whoever is long to deal with makes room for the next', async () => {
      const { clock, long } = await setUp()
      const { a, b, seen } = setUpTwo(clock)
      for (const inbox of [a, b]) inbox.receive(long, refuseNothing)
      clock.flush()
      clock.advance(MAX_STAY_MS)
      expect(seen).toEqual(['a 1/0', 'b 1/0'])
    })

    it('one that leaves the room by closing lets the next in', async () => {
      const { clock, long } = await setUp()
      const { a, b, seen } = setUpTwo(clock)
      for (const inbox of [a, b]) inbox.receive(long, refuseNothing)
      a.close()
      clock.flush()
      expect(seen).toEqual(['b 1/0'])
    })
  })
})
