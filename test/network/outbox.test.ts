import { describe, expect, it } from 'vitest'
import type { PeerId } from '../../src/ids.ts'
import { createMessage, type Message } from '../../src/message/message.ts'
import { Outboxes } from '../../src/network/outbox.ts'
import { ToldWants } from '../../src/wants/told.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ALICE, BOB, cid, key, told } from '../support/names.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

interface Sent {
  readonly peer: PeerId
  readonly said: readonly string[]
  written(): void
  failed(): void
}

/** Outboxes over a network that a test plays by hand. */
class World {
  readonly clock = new ManualClock()
  readonly logger = new RecordingLogger()
  readonly wants = new Map<PeerId, ToldWants>()
  /** Bounded: by the test. */
  readonly sent: Sent[] = []
  readonly outboxes: Outboxes
  messageBytes = 10_000

  constructor() {
    const send = (peer: PeerId, message: Message): Promise<number> => {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      const written = (): void => resolve(1)
      this.sent.push({ peer, said: told(message), written, failed: () => reject(new Error('stream reset')) })
      return promise
    }
    this.outboxes = new Outboxes({ network: { send }, clock: this.clock, logger: this.logger })
  }

  connect(...peers: readonly PeerId[]): void {
    const source = {
      takeMessage: (peer: PeerId) => this.wants.get(peer)?.take({ bytes: this.messageBytes }),
      takeAlong: (peer: PeerId) => this.wants.get(peer)?.takeAlong({ bytes: this.messageBytes }),
      streamLost: (peer: PeerId) => {
        this.wants.get(peer)?.lost()
        this.outboxes.wantlistChanged(peer)
      }
    }
    for (const peer of peers) {
      this.wants.set(peer, new ToldWants(100))
      this.outboxes.connected(peer, source)
    }
  }

  want(peer: PeerId, ...names: readonly string[]): void {
    for (const name of names) {
      this.wants.get(peer)?.ask(cid(name), key(name), 'block', 1)
      this.outboxes.wantlistChanged(peer)
    }
  }

  /** What was sent since the last look. */
  async look(): Promise<(readonly string[])[]> {
    await this.clock.settle()
    const seen = this.sent.map(({ peer, said }) => [peer, ...said])
    return seen.slice(this.#looked, (this.#looked = seen.length))
  }

  #looked = 0

  get last(): Sent {
    const last = this.sent.at(-1)
    if (last === undefined) throw new Error('nothing was sent')
    return last
  }
}

describe('an outbox', () => {
  it('gathers the news of a turn into one message', async () => {
    const world = new World()
    world.connect(ALICE)
    world.want(ALICE, 'a', 'b')
    expect(world.sent).toEqual([])
    world.want(ALICE, 'c')
    expect(await world.look()).toEqual([[ALICE, 'full', 'block a', 'block b', 'block c']])
  })

  it('sends nothing when the news came to nothing within the turn', async () => {
    const world = new World()
    world.connect(ALICE)
    world.want(ALICE, 'a')
    world.wants.get(ALICE)?.retract(key('a'))
    expect(await world.look()).toEqual([])
    world.want(ALICE, 'b')
    expect(await world.look()).toEqual([[ALICE, 'full', 'block b']])
  })

  it('has one message of wants on its way at a time; the news meanwhile goes out together, without a pause', async () => {
    const world = new World()
    world.connect(ALICE)
    world.want(ALICE, 'a')
    await world.look()
    for (const name of ['b', 'c', 'd']) {
      world.want(ALICE, name)
      expect(await world.look()).toEqual([])
    }
    world.last.written()
    expect(await world.look()).toEqual([[ALICE, 'block b', 'block c', 'block d']])
    world.last.written()
    expect(await world.look()).toEqual([])
    expect(world.clock.timers).toBe(0)
  })

  it('sends the parts of a long wantlist one after the other', async () => {
    const world = new World()
    world.messageBytes = 1
    world.connect(ALICE)
    world.want(ALICE, 'a', 'b', 'c')
    const seen: (readonly string[])[] = []
    for (let i = 0; i < 4; i++) {
      seen.push(...(await world.look()))
      world.last.written()
    }
    expect(seen).toEqual([
      [ALICE, 'full', 'block a'],
      [ALICE, 'block b'],
      [ALICE, 'block c']
    ])
  })

  it('a peer that does not read holds up nobody else', async () => {
    const world = new World()
    world.connect(ALICE, BOB)
    world.want(ALICE, 'a')
    await world.look()
    world.want(ALICE, 'b')
    world.want(BOB, 'b')
    expect(await world.look()).toEqual([[BOB, 'full', 'block b']])
  })

  it('tells everything anew after a failure: first soon, then later and later, and soon again after a success', async () => {
    const world = new World()
    world.connect(ALICE)
    world.want(ALICE, 'a')
    await world.look()
    const pauses: number[] = []
    for (let i = 0; i < 9; i++) {
      world.last.failed()
      await world.look()
      let waited = 0
      for (; world.clock.timers > 0; waited += 50) await world.clock.pass(50)
      pauses.push(waited)
      expect(world.last.said).toEqual(['full', 'block a'])
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
    world.last.written()
    await world.look()
    world.want(ALICE, 'b')
    await world.look()
    world.last.failed()
    await world.look()
    await world.clock.pass(100)
    expect(world.last.said).toEqual(['full', 'block a', 'block b'])
    expect(world.logger.messages('debug').length).toBe(10)
  })

  it('waits out its pause though more news come', async () => {
    const world = new World()
    world.connect(ALICE)
    world.want(ALICE, 'a')
    await world.look()
    world.last.failed()
    await world.look()
    world.want(ALICE, 'b')
    await world.clock.pass(99)
    expect(await world.look()).toEqual([])
    await world.clock.pass(1)
    expect(await world.look()).toEqual([[ALICE, 'full', 'block a', 'block b']])
  })

  it('is silent once its peer has left, whatever was on its way', async () => {
    const world = new World()
    world.connect(ALICE, BOB)
    world.want(ALICE, 'a')
    world.want(BOB, 'a')
    world.outboxes.disconnected(BOB)
    expect(await world.look()).toEqual([[ALICE, 'full', 'block a']])
    world.outboxes.disconnected(ALICE)
    world.want(ALICE, 'b')
    world.last.failed()
    await world.clock.pass(60_000)
    expect([await world.look(), world.clock.timers]).toEqual([[], 0])
  })

  it('gives up its pause when its peer leaves', async () => {
    const world = new World()
    world.connect(ALICE)
    world.want(ALICE, 'a')
    await world.look()
    world.last.failed()
    await world.look()
    world.outboxes.disconnected(ALICE)
    expect(world.clock.timers).toBe(0)
  })

  it('a peer that comes back is served by a new outbox: an old failure does not touch it', async () => {
    const world = new World()
    world.connect(ALICE)
    world.want(ALICE, 'a')
    await world.look()
    const old = world.last
    world.connect(ALICE)
    world.want(ALICE, 'b')
    expect(await world.look()).toEqual([[ALICE, 'full', 'block b']])
    world.last.written()
    old.failed()
    await world.clock.pass(60_000)
    expect(await world.look()).toEqual([])
  })

  it('hands answers of the engine on at once, beside the wants', async () => {
    const world = new World()
    world.connect(ALICE)
    world.want(ALICE, 'a')
    await world.look()
    const sending = world.outboxes.send(ALICE, createMessage({ pendingBytes: 5 }))
    expect(world.sent.length).toBe(2)
    world.last.written()
    expect(await sending).toBe(1)
  })

  it('takes along with presences what waits for company, as a message of wants; not while one is on its way', async () => {
    const world = new World()
    world.connect(ALICE)
    const presences = [{ cid: cid('p'), key: key('p'), have: true }]
    const answer = (): Promise<number> => world.outboxes.send(ALICE, createMessage({ presences, pendingBytes: 5 }))
    world.want(ALICE, 'a')
    world.wants.get(ALICE)?.ask(cid('b'), key('b'), 'have', 1)
    await world.look()
    world.wants.get(ALICE)?.retract(key('b'), true)
    void answer()
    expect(await world.look()).toEqual([['alice']])
    world.last.written()
    world.sent[0]?.written()
    await world.clock.settle()
    const sending = answer()
    expect(await world.look()).toEqual([['alice', 'cancel b']])
    world.last.failed()
    await expect(sending).rejects.toThrow()
    await world.clock.pass(100)
    expect(await world.look()).toEqual([['alice', 'full', 'block a']])
  })

  it('refuses answers to a peer that is not connected', async () => {
    const world = new World()
    const sending = world.outboxes.send(ALICE, createMessage({}))
    await expect(sending).rejects.toMatchObject({ name: 'SendFailedError', code: 'ERR_SEND_FAILED' })
  })
})
