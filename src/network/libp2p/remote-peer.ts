import type { Connection, PeerId as Libp2pPeerId, Stream } from '@libp2p/interface'
import { ProtocolError } from '../../errors.ts'
import type { PeerId } from '../../ids.ts'
import type { DecodedMessage } from '../../message/decode-message.ts'
import { countFaults } from '../../message/message-faults.ts'
import type { Message } from '../../message/message.ts'
import { varintLength } from '../../message/varint.ts'
import type { Clock, Logger, MaybePromise, NetworkEvents } from '../../ports.ts'
import { Headway } from './headway.ts'
import { Inbox } from './inbox.ts'
import { IncomingStream } from './incoming-stream.ts'
import { LossNotices } from './loss-notices.ts'
import type { Libp2pNetworkOptions } from './network-options.ts'
import type { NetworkCounters } from './network-stat.ts'
import type { Libp2pParts } from './parts.ts'
import { PeerStream } from './peer-stream.ts'
import { BITSWAP_PROTOCOLS } from './protocols.ts'
import type { ReadBudget } from './read-budget.ts'
import type { ReadingRoom } from './reading-room.ts'

export interface RemotePeerParts {
  readonly libp2p: Libp2pParts
  readonly clock: Clock
  readonly logger: Logger
  readonly options: Libp2pNetworkOptions
  readonly budget: ReadBudget
  readonly room: ReadingRoom
  readonly counters: NetworkCounters
  readonly events: NetworkEvents
  /** The peer turned out not to speak bitswap, whatever it said before. */
  unsupported(): void
  /** The peer does not read what it is sent. */
  stuck(reason: string): void
  /** The peer broke a rule that an honest one does not break. */
  struck(reason: string): void
}

const TAG = 'bitswap'
const TAG_TTL_MS = 60_000
/** A quiet partner is still worth what it gave. */
const WORTHY_TAG_TTL_MS = 60 * 60_000
const TAG_EVERY_MS = 30_000
/** So long after a block was asked for or came, the peer may send another. */
const EXPECT_MS = 60_000

/** Messages that say nothing: so many in a second are no mistake any more. */
export const MAX_EMPTY_PER_SECOND = 100

/** Connections to a peer that can carry bitswap, the best first: without limits, and new, for an old one may be dead. */
export function usableConnections(
  libp2p: Pick<Libp2pParts, 'getConnections'>,
  id: Libp2pPeerId,
  limited: boolean
): Connection[] {
  return libp2p
    .getConnections(id)
    .filter(({ status, limits }) => status === 'open' && (limits === undefined || limited))
    .sort(
      (a, b) => Number(a.limits !== undefined) - Number(b.limits !== undefined) || b.timeline.open - a.timeline.open
    )
}

/** Opens a stream to a connected peer and agrees on the newest bitswap that both ends speak. */
export async function openBitswapStream(
  { libp2p, options }: Pick<RemotePeerParts, 'libp2p' | 'options'>,
  id: Libp2pPeerId,
  signal: AbortSignal
): Promise<Stream> {
  const [connection] = usableConnections(libp2p, id, options.limitedConnections)
  if (connection === undefined) throw new Error('there is no open connection')
  return await connection.newStream([...BITSWAP_PROTOCOLS], {
    signal,
    maxOutboundStreams: options.maxStreamsPerConnection,
    runOnLimitedConnection: options.limitedConnections
  })
}

/** A connected peer that speaks bitswap: its one outgoing stream and its incoming ones. */
export class RemotePeer {
  readonly id: Libp2pPeerId
  readonly peer: PeerId
  readonly out: PeerStream
  readonly #parts: RemotePeerParts
  readonly #inbox: Inbox
  /** Bounded: `maxStreamsPerConnection` for each protocol and connection. */
  readonly #incoming = new Set<IncomingStream>()
  readonly #headway = new Headway()
  readonly #losses: LossNotices
  #emptySinceMs = Number.NEGATIVE_INFINITY
  #empty = 0
  #taggedMs = Number.NEGATIVE_INFINITY
  #tagged = 0
  /** When it was last asked for blocks, or sent some. */
  #expectedMs: number | undefined
  #gone = false

  constructor(id: Libp2pPeerId, peer: PeerId, parts: RemotePeerParts) {
    this.id = id
    this.peer = peer
    this.#parts = parts
    const { clock, options, budget } = parts
    this.#inbox = new Inbox({
      clock,
      room: parts.room,
      deliver: (decoded, bytes) => this.#received(decoded, bytes),
      failed: (error) => this.#failed(error),
      waiting: (change) => budget.unread(peer, change)
    })
    this.#losses = new LossNotices(clock, () => parts.events.streamLost(peer))
    this.out = new PeerStream({
      peer,
      clock,
      options,
      open: (signal) => this.#open(signal),
      lost: () => this.#streamLost(),
      stuck: (reason) => parts.stuck(reason)
    })
  }

  /** It has a stream open to us. */
  get talks(): boolean {
    return this.#incoming.size > 0
  }

  async send(message: Message, signal: AbortSignal | undefined): Promise<number> {
    this.#protect()
    if (message.wants.some(({ type }) => type === 'block')) this.#expectBlocks()
    const bytes = await this.out.send(message, signal)
    this.#parts.counters.messagesSent++
    this.#parts.counters.bytesSent += bytes
    return bytes
  }

  /** A partner that is back after a restart, or was forgotten by libp2p, is worth what it was. */
  welcome(): void {
    if (this.#parts.events.worth(this.peer) > 0) this.#protect()
  }

  /** Starts to read a stream that the peer opened. */
  accept(stream: Stream): void {
    const { clock, options, budget } = this.#parts
    const incoming = new IncomingStream(stream, {
      peer: this.peer,
      clock,
      options,
      budget,
      headway: this.#headway,
      message: (body) => this.#inbox.receive(body, (error) => incoming.refuse(error)),
      receiving: (part) => this.#parts.events.receiving?.(this.peer, part),
      fault: (error, isBreach) => this.#fault(error, isBreach),
      failed: (error) => this.#failed(error),
      ended: (_, broken) => {
        this.#incoming.delete(incoming)
        if (broken && !this.#gone) this.#losses.lost()
      }
    })
    this.#incoming.add(incoming)
  }

  /** Ends the outgoing stream properly; the incoming ones are reset. */
  async close(): Promise<void> {
    this.#abortIncoming()
    await this.out.close()
  }

  /** The peer is not connected any more, or no longer speaks bitswap. */
  abandon(): void {
    this.#abortIncoming()
    this.out.abandon()
  }

  async #open(signal: AbortSignal): Promise<Stream> {
    try {
      return await openBitswapStream(this.#parts, this.id, signal)
    } catch (error) {
      if (error instanceof Error && error.name === 'UnsupportedProtocolError') this.#parts.unsupported()
      throw error
    }
  }

  #abortIncoming(): void {
    this.#gone = true
    this.#parts.budget.expect(this.peer, false)
    const reason = new Error('bitswap with this peer has ended')
    for (const incoming of [...this.#incoming]) incoming.abort(reason)
    this.#inbox.close()
    this.#losses.close()
  }

  #received({ message, faults }: DecodedMessage, bytes: number): MaybePromise<void> {
    if (this.#gone) return
    const { counters, events, budget } = this.#parts
    counters.messagesReceived++
    counters.bytesReceived += varintLength(bytes) + bytes
    const dropped = countFaults(faults)
    counters.itemFaults += dropped
    if (dropped > 0) events.faulted(this.peer, dropped)
    if (isEmpty(message) && this.#isOneTooMany()) {
      events.faulted(this.peer, 1)
      this.#parts.struck('too many empty messages')
      return
    }
    this.#protect()
    this.#stillExpects(message)
    const done = events.received(this.peer, message)
    if (done === undefined) {
      this.#gained(message)
      return
    }
    budget.unread(this.peer, bytes)
    const read = (): void => {
      budget.unread(this.peer, -bytes)
      this.#gained(message)
    }
    return done.then(read, (error: unknown) => {
      read()
      this.#failed(error)
    })
  }

  /** Blocks may have made it worth more. */
  #gained({ blocks }: Message): void {
    if (blocks.length > 0 && !this.#gone) this.#protect()
  }

  /** Our own mistake, not the peer's: its stream goes on. */
  #failed(error: unknown): void {
    this.#parts.logger.error('a message could not be dealt with', { peer: this.peer, error })
  }

  #fault(error: ProtocolError, isBreach: boolean): void {
    this.#parts.counters.streamFaults++
    this.#parts.events.faulted(this.peer, 1)
    this.#parts.logger.debug('a stream was reset', { peer: this.peer, error })
    if (isBreach && !this.#gone) this.#parts.struck(error.message)
  }

  /** Counts a message that says nothing. */
  #isOneTooMany(): boolean {
    const now = this.#parts.clock.now()
    if (now - this.#emptySinceMs >= 1_000) {
      this.#emptySinceMs = now
      this.#empty = 0
    }
    if (++this.#empty <= MAX_EMPTY_PER_SECOND) return false
    this.#empty = 0
    return true
  }

  #expectBlocks(): void {
    this.#expectedMs = this.#parts.clock.now()
    this.#parts.budget.expect(this.peer, true)
  }

  /** A peer that was asked and then sends something else for long has nothing of what was asked. */
  #stillExpects({ blocks }: Message): void {
    if (this.#expectedMs === undefined) return
    if (blocks.length > 0) {
      this.#expectedMs = this.#parts.clock.now()
    } else if (this.#parts.clock.now() - this.#expectedMs > EXPECT_MS) {
      this.#expectedMs = undefined
      this.#parts.budget.expect(this.peer, false)
    }
  }

  #streamLost(): void {
    this.#parts.counters.streamsLost++
    if (!this.#gone) this.#losses.lost()
  }

  /**
   * Keeps libp2p from closing the connection first when it has too many. A write to its store, so not every time; but a
   * peer that is worth more than it was has it said at once.
   */
  #protect(): void {
    const { clock, libp2p, options, logger, events } = this.#parts
    const now = clock.now()
    const worth = events.worth(this.peer)
    // Whoever trades is worth something, and one that gave us what we wanted is worth more than any number of others.
    const value = 1 + Math.ceil(((options.partnerTagValue - 1) * worth) / 100)
    if (now - this.#taggedMs < TAG_EVERY_MS && value <= this.#tagged) return
    this.#taggedMs = now
    this.#tagged = value
    libp2p.peerStore
      .merge(this.id, { tags: { [TAG]: { value, ttl: worth > 0 ? WORTHY_TAG_TTL_MS : TAG_TTL_MS } } })
      .catch((error: unknown) => logger.debug('a partner could not be tagged', { peer: this.peer, error }))
  }
}

function isEmpty({ wants, cancels, blocks, presences, full }: Message): boolean {
  return wants.length + cancels.length + blocks.length + presences.length === 0 && !full
}
