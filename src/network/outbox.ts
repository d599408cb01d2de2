import { SendFailedError } from '../errors.ts'
import type { PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import type { AbortOptions, Clock, Logger, Network, Timer } from '../ports.ts'

/** Where an outbox finds the news of our wantlist. */
export interface WantlistSource {
  takeMessage(peer: PeerId): Message | undefined
  /** What can go along with a message that leaves anyway; undefined where there is nothing. */
  takeAlong?(peer: PeerId): Message | undefined
  /** A wantlist message did not get through: all of it has to be told anew. */
  streamLost(peer: PeerId): void
}

export interface OutboxParts {
  readonly network: Pick<Network, 'send'>
  readonly clock: Clock
  readonly logger: Logger
}

const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 5_000

type OutboxState = 'idle' | 'scheduled' | 'sending' | 'waiting' | 'closed'

/**
 * All that leaves for one peer. News of the wantlist is gathered until the events at hand are dealt with, then sent as one
 * message; while that is being written, more gathers. There is no fixed pause: an unwritable stream is the only brake.
 */
export class Outbox {
  readonly #peer: PeerId
  readonly #source: WantlistSource
  readonly #parts: OutboxParts
  #state: OutboxState = 'idle'
  /** News came while a message was being written. */
  #more = false
  #retryMs = FIRST_RETRY_MS
  #timer: Timer | undefined

  constructor(peer: PeerId, source: WantlistSource, parts: OutboxParts) {
    this.#peer = peer
    this.#source = source
    this.#parts = parts
  }

  /** Sends an answer of the engine, after what was handed over before. */
  send(message: Message, options?: AbortOptions): Promise<number> {
    const along = this.#takeAlong(message)
    if (along === undefined) return this.#parts.network.send(this.#peer, message, options)
    const { full, wants, cancels } = along
    return this.#write({ ...message, full, wants, cancels }, options)
  }

  /** Beside presences there is room for it; and one message with wants is on its way at a time. */
  #takeAlong({ presences, blocks, wants, cancels }: Message): Message | undefined {
    const hasRoom = presences.length > 0 && blocks.length === 0 && wants.length === 0 && cancels.length === 0
    return hasRoom && this.#state === 'idle' ? this.#source.takeAlong?.(this.#peer) : undefined
  }

  wantlistChanged(): void {
    if (this.#state === 'idle') {
      this.#state = 'scheduled'
      this.#parts.clock.defer(() => this.#flush())
    } else {
      this.#more = true
    }
  }

  close(): void {
    this.#state = 'closed'
    this.#timer?.cancel()
  }

  #flush(): void {
    if (this.#state === 'closed') return
    this.#more = false
    const message = this.#source.takeMessage(this.#peer)
    if (message === undefined) {
      this.#state = 'idle'
      return
    }
    void this.#write(message)
  }

  #write(message: Message, options?: AbortOptions): Promise<number> {
    this.#state = 'sending'
    this.#more = true
    const writing = this.#parts.network.send(this.#peer, message, options)
    writing.then(
      () => this.#written(),
      (error: unknown) => this.#failed(error)
    )
    return writing
  }

  #written(): void {
    if (this.#state === 'closed') return
    this.#retryMs = FIRST_RETRY_MS
    this.#state = 'idle'
    if (this.#more) this.#flush()
  }

  #failed(error: unknown): void {
    if (this.#state === 'closed') return
    this.#parts.logger.debug('wantlist not sent, will be told anew', { peer: this.#peer, error })
    this.#state = 'waiting'
    this.#source.streamLost(this.#peer)
    this.#timer = this.#parts.clock.setTimer(this.#retryMs, () => this.#flush())
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS)
  }
}

/** The outboxes of all connected peers. */
export class Outboxes {
  /** Bounded: connected peers. */
  readonly #outboxes = new Map<PeerId, Outbox>()
  readonly #parts: OutboxParts

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  connected(peer: PeerId, source: WantlistSource): void {
    this.#outboxes.get(peer)?.close()
    this.#outboxes.set(peer, new Outbox(peer, source, this.#parts))
  }

  disconnected(peer: PeerId): void {
    this.#outboxes.get(peer)?.close()
    this.#outboxes.delete(peer)
  }

  wantlistChanged(peer: PeerId): void {
    this.#outboxes.get(peer)?.wantlistChanged()
  }

  send(peer: PeerId, message: Message, options?: AbortOptions): Promise<number> {
    const outbox = this.#outboxes.get(peer)
    if (outbox !== undefined) return outbox.send(message, options)
    return Promise.reject(new SendFailedError(`not connected to ${peer}`))
  }
}
