import type { PeerId } from '../../ids.ts'
import type { Message } from '../../message/message.ts'
import { passedOn } from '../../network/passed-on.ts'
import type { AbortOptions, Clock, Network, NetworkEvents, Provider } from '../../ports.ts'

/** Boxo's pause between two messages of wants to one peer: an eighth of a millisecond for each message queue there is. */
const PAUSE_PER_QUEUE_MS = 1 / 8
const LEAST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 2_000

/** The pause in a process with so many message queues: each of so many peers has one for every other, and all count. */
export function pauseOf(peers: number): number {
  const queues = peers * (peers - 1)
  return Math.min(LONGEST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, queues * PAUSE_PER_QUEUE_MS))
}

/** Of its content, which is random: enough to tell one block from another. */
const NAME_BYTES = 32

/** What a goroutine that reads may be ahead of one that decides. */
const MOMENT_MS = 1

export interface BoxoNetworkParts {
  readonly network: Network
  readonly clock: Clock
  readonly pauseMs: number
  /** A peer that Boxo's session would count as one of its own although its block came second. */
  readonly joined: (peer: PeerId) => void
}

/**
 * What Boxo has between a session and the network, where this exchange has nothing. After a message of wants a peer gets none
 * for a while, and then all that gathered. And the goroutine that reads messages is one ahead of those of sessions: where two
 * peers send the same block at the same moment, the second is taken for an answer as well, and joins the session.
 */
export class BoxoNetwork implements Network {
  readonly #parts: BoxoNetworkParts
  /** What the first piece of work left behind. Bounded: connected peers. */
  readonly #held = new Map<PeerId, Message>()
  /** When the pause of each peer ended last. Bounded: connected peers. */
  readonly #restedMs = new Map<PeerId, number>()
  #moment: Moment = { atMs: -1, seen: new Set(), latest: new Set() }

  constructor(parts: BoxoNetworkParts) {
    this.#parts = parts
  }

  start(events: NetworkEvents): Promise<void> {
    return this.#parts.network.start({
      ...passedOn(events),
      received: (peer, message) => {
        const isSecond = this.#isSecond(message)
        const done = events.received(peer, message)
        if (isSecond) this.#parts.joined(peer)
        return done
      }
    })
  }

  stop(): Promise<void> {
    return this.#parts.network.stop()
  }

  async send(peer: PeerId, message: Message, options?: AbortOptions): Promise<number> {
    if (!isOfWants(message)) return this.#parts.network.send(peer, message, options)
    const { clock, network, pauseMs } = this.#parts
    const all = merged(this.#held.get(peer), message)
    const wasIdle = (this.#restedMs.get(peer) ?? -Infinity) < clock.now()
    const [now, later] = wasIdle ? firstOf(all) : [all, undefined]
    this.#held.delete(peer)
    if (later !== undefined) this.#held.set(peer, later)
    const bytes = now === undefined ? 0 : await network.send(peer, now, options)
    return new Promise((resolve) => {
      clock.setTimer(pauseMs, () => {
        this.#restedMs.set(peer, clock.now())
        resolve(bytes)
        if (later !== undefined) clock.defer(() => this.#sendHeld(peer, later))
      })
    })
  }

  connect(provider: Provider, options?: AbortOptions): Promise<PeerId> {
    return this.#parts.network.connect(provider, options)
  }

  latencyMs(peer: PeerId): number | undefined {
    return this.#parts.network.latencyMs(peer)
  }

  expel(peer: PeerId, reason: string): void {
    this.#parts.network.expel(peer, reason)
  }

  /** Unless it left with what gathered since. */
  #sendHeld(peer: PeerId, held: Message): void {
    if (this.#held.get(peer) !== held) return
    this.#held.delete(peer)
    void this.#parts.network.send(peer, held)
  }

  /** The message right after the first one with a block, at the same moment, with that block as well. */
  #isSecond({ blocks }: Message): boolean {
    if (blocks.length === 0) return false
    const atMs = this.#parts.clock.now()
    if (atMs - this.#moment.atMs > MOMENT_MS) this.#moment = { atMs, seen: new Set(), latest: new Set() }
    const { seen, latest } = this.#moment
    const names = blocks.map(({ bytes }) => Buffer.from(bytes.subarray(0, NAME_BYTES)).toString('hex'))
    const isSecond = names.some((name) => latest.has(name))
    latest.clear()
    for (const name of names) if (!seen.has(name)) latest.add(name)
    for (const name of names) seen.add(name)
    return isSecond
  }
}

function isOfWants({ wants, cancels }: Message): boolean {
  return wants.length + cancels.length > 0
}

/** A session first takes back what it has, then asks for more: the queue that was idle is off with the cancels by then. */
function firstOf(message: Message): readonly [now: Message | undefined, later: Message | undefined] {
  const { wants, cancels } = message
  if (wants.length === 0 || cancels.length === 0) return [isOfWants(message) ? message : undefined, undefined]
  return [
    { ...message, wants: [] },
    { ...message, full: false, cancels: [] }
  ]
}

/** What is taken back before it was told is not told. */
function merged(held: Message | undefined, message: Message): Message {
  if (held === undefined) return message
  const untold = new Set(held.wants.map(({ key }) => key))
  const gone = new Set(message.cancels.map(({ key }) => key))
  return {
    ...message,
    wants: [...held.wants.filter(({ key }) => !gone.has(key)), ...message.wants],
    cancels: message.cancels.filter(({ key }) => !untold.has(key))
  }
}

interface Moment {
  readonly atMs: number
  /** Bounded: blocks that come at one moment. */
  readonly seen: Set<string>
  /** Which of these the latest message brought, being the first. Bounded: blocks of one message. */
  readonly latest: Set<string>
}
