/**
 * What every `Network` must do, as cases that any test runner can take:
 *
 *   for (const { name, run } of networkCases(createWorld)) it(name, run)
 */
import type { PeerId } from '../ids.ts'
import type { Network, Provider } from '../ports.ts'
import { check, checkRejects, checkSame } from './check.ts'
import { RecordedEvents } from './recorded-events.ts'
import { fullMessage, messageOfBlocks, numberedMessage, numberOf, plainMessage } from './sample-messages.ts'

/** Two networks that can reach each other, not started yet. Made anew for every case, as a plain object. */
export interface NetworkWorld {
  readonly a: Network
  readonly b: Network
  readonly aId: PeerId
  readonly bId: PeerId
  /** Where `b` is found once it was started. */
  bProvider(): Promise<Provider> | Provider
  /** Waits for something to happen, letting the time of this world pass. */
  until<Value>(promise: Promise<Value>): Promise<Value>
  /** Ends the connection of `a` and `b`, by no act of either network. */
  disconnect(): Promise<void> | void
  /** Breaks the stream that carries what `a` sends to `b`; the connection stays. */
  breakStream(): Promise<void> | void
  /** Frees what the world holds; the case has stopped both networks. */
  close(): Promise<void> | void
}

export interface NetworkCase {
  readonly name: string
  readonly run: () => Promise<void>
}

const MIB = 1024 * 1024

interface Scene extends NetworkWorld {
  readonly onA: RecordedEvents
  readonly onB: RecordedEvents
}

type Act = (scene: Scene) => Promise<void>

const ACTS: Readonly<Record<string, Act>> = {
  'tells both ends of a connection, and that presences are understood': (scene) => {
    const connected = [
      ...scene.onA.seen.filter((event) => event.type === 'connected'),
      ...scene.onB.seen.filter((event) => event.type === 'connected')
    ]
    checkSame(
      connected.map((event) => [event.peer, event.features.presences]),
      [
        [scene.bId, true],
        [scene.aId, true]
      ]
    )
    return Promise.resolve()
  },

  'connects once: connecting again resolves with the same peer and tells nothing': async (scene) => {
    checkSame(await connect(scene), scene.bId)
    await exchange(scene, 1)
    checkSame(scene.onA.count('connected', scene.bId), 1)
    checkSame(scene.onB.count('connected', scene.aId), 1)
  },

  'rejects to connect with the reason of the signal': async (scene) => {
    const reason = new Error('no longer needed')
    const provider = await scene.bProvider()
    await scene.disconnect()
    await scene.until(scene.onA.atLeast(1, 'disconnected', scene.bId))
    await checkRejects(
      () => scene.until(scene.a.connect(provider, { signal: AbortSignal.abort(reason) })),
      isReason(reason)
    )
  },

  'delivers what was sent, whole': async (scene) => {
    const message = fullMessage()
    await scene.until(scene.a.send(scene.bId, message))
    await scene.until(scene.onB.atLeast(1, 'received', scene.aId))
    checkSame(scene.onB.messages(scene.aId).map(plainMessage), [plainMessage(message)])
  },

  'delivers many messages in order, both ways, without waiting for each': async (scene) => {
    const numbers = Array.from({ length: 100 }, (_, index) => index)
    const sends = numbers.flatMap((number) => [
      scene.a.send(scene.bId, numberedMessage(number)),
      scene.b.send(scene.aId, numberedMessage(number))
    ])
    await scene.until(Promise.all(sends))
    await scene.until(scene.onB.atLeast(100, 'received', scene.aId))
    await scene.until(scene.onA.atLeast(100, 'received', scene.bId))
    checkSame(scene.onB.messages(scene.aId).map(numberOf), numbers)
    checkSame(scene.onA.messages(scene.bId).map(numberOf), numbers)
  },

  'resolves a send with its size on the wire': async (scene) => {
    const small = await scene.until(scene.a.send(scene.bId, messageOfBlocks(1)))
    const large = await scene.until(scene.a.send(scene.bId, messageOfBlocks(100_001)))
    check(small > 0 && small < 40, `a block of one byte took ${small} bytes`)
    // Its length is written three times: of the data, of the block, of the message; two bytes more each.
    checkSame(large - small, 100_000 + 6)
  },

  'carries a message of the largest block': async (scene) => {
    const bytes = 2 * MIB
    await scene.until(scene.a.send(scene.bId, messageOfBlocks(bytes)))
    await scene.until(scene.onB.atLeast(1, 'received', scene.aId))
    checkSame(
      scene.onB.messages(scene.aId).map((message) => message.blocks[0]?.bytes.length),
      [bytes]
    )
  },

  'slows the sender down while the receiver is not done': async (scene) => {
    const gate = Promise.withResolvers()
    scene.onB.onReceived = () => gate.promise.then(() => undefined)
    const total = 64
    let taken = 0
    const sendAll = async (): Promise<void> => {
      for (; taken < total; taken++) await scene.a.send(scene.bId, messageOfBlocks(MIB))
    }
    const sending = sendAll()
    await scene.until(scene.onB.atLeast(1, 'received', scene.aId))
    await exchange(scene, 1, 'b')
    check(taken < total, `all of ${total} MiB were taken while nothing was dealt with`)
    gate.resolve(undefined)
    await scene.until(sending)
    await scene.until(scene.onB.atLeast(total, 'received', scene.aId))
  },

  'rejects a send to a peer that is not connected, with SendFailedError': async (scene) => {
    await scene.disconnect()
    await scene.until(scene.onA.atLeast(1, 'disconnected', scene.bId))
    await checkRejects(() => scene.until(scene.a.send(scene.bId, numberedMessage(1))), isSendFailed)
  },

  'rejects a send with the reason of an aborted signal, and goes on afterwards': async (scene) => {
    const reason = new Error('no longer needed')
    const signal = AbortSignal.abort(reason)
    await checkRejects(() => scene.until(scene.a.send(scene.bId, numberedMessage(1), { signal })), isReason(reason))
    await exchange(scene, 1)
  },

  'connected and disconnected take turns, and nothing comes outside of them': async (scene) => {
    for (let round = 1; round <= 3; round++) {
      await exchange(scene, round)
      await scene.disconnect()
      await scene.until(scene.onA.atLeast(round, 'disconnected', scene.bId))
      await scene.until(scene.onB.atLeast(round, 'disconnected', scene.aId))
      await connect(scene)
      await scene.until(scene.onB.atLeast(round + 1, 'connected', scene.aId))
    }
    for (const types of [scene.onA.types(scene.bId), scene.onB.types(scene.aId)]) checkTurns(types)
    checkSame(scene.onA.count('connected', scene.bId), 4)
  },

  'tells the sender that its stream broke, and sends on a fresh one': async (scene) => {
    await exchange(scene, 1)
    await scene.breakStream()
    await scene.until(scene.onA.atLeast(1, 'streamLost', scene.bId))
    await exchange(scene, 2)
    checkSame(scene.onA.count('disconnected', scene.bId), 0)
    checkSame(scene.onA.count('streamLost', scene.bId), 1)
  },

  'knows the round trip of a connected peer, or says that it does not': async (scene) => {
    await exchange(scene, 1)
    const latency = scene.a.latencyMs(scene.bId)
    check(latency === undefined || (latency >= 0 && Number.isFinite(latency)), `a latency of ${String(latency)}`)
  },

  'is silent after stop, and refuses to send': async (scene) => {
    await scene.until(scene.a.stop())
    const before = scene.onA.seen.length
    // Whether the other end is told, or finds out, is its network's affair.
    const ignored = scene.b.send(scene.aId, numberedMessage(1)).catch(() => undefined)
    await scene.until(ignored)
    await checkRejects(
      () => scene.until(scene.a.send(scene.bId, numberedMessage(1))),
      () => undefined
    )
    checkSame(scene.onA.seen.length, before)
  }
}

/** The cases, for networks made by `createWorld`. */
export function networkCases(createWorld: () => Promise<NetworkWorld> | NetworkWorld): NetworkCase[] {
  return Object.entries(ACTS).map(([name, act]) => ({ name, run: () => play(createWorld, act) }))
}

async function play(createWorld: () => Promise<NetworkWorld> | NetworkWorld, act: Act): Promise<void> {
  const world = await createWorld()
  const scene: Scene = { ...world, onA: new RecordedEvents(), onB: new RecordedEvents() }
  try {
    await scene.until(Promise.all([world.a.start(scene.onA), world.b.start(scene.onB)]))
    await connect(scene)
    await scene.until(scene.onA.atLeast(1, 'connected', world.bId))
    await scene.until(scene.onB.atLeast(1, 'connected', world.aId))
    await act(scene)
  } finally {
    await scene.until(Promise.all([world.a.stop(), world.b.stop()]))
    await world.close()
  }
}

async function connect(scene: Scene): Promise<PeerId> {
  return scene.until(scene.a.connect(await scene.bProvider()))
}

/** Sends one message to the other end, which then has received `count`. */
async function exchange(scene: Scene, count: number, from: 'a' | 'b' = 'a'): Promise<void> {
  const [sender, senderId, receiverId, events] =
    from === 'a' ? [scene.a, scene.aId, scene.bId, scene.onB] : [scene.b, scene.bId, scene.aId, scene.onA]
  await scene.until(sender.send(receiverId, numberedMessage(count)))
  await scene.until(events.atLeast(count, 'received', senderId))
}

/** `connected` first, then by turns; messages and lost streams only in between. */
function checkTurns(types: readonly string[]): void {
  let isConnected = false
  for (const type of types) {
    check(isConnected === (type !== 'connected'), `${type} came at the wrong time in: ${types.join(', ')}`)
    isConnected = type !== 'disconnected'
  }
}

function isSendFailed(error: unknown): void {
  const name = error instanceof Error ? error.name : String(error)
  check(name === 'SendFailedError', `rejected with ${name}`)
}

function isReason(reason: unknown): (error: unknown) => void {
  return (error) => check(error === reason, `rejected with ${String(error)}`)
}
