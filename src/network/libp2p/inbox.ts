import { ProtocolError } from '../../errors.ts'
import { type DecodedMessage, MessageDecoder } from '../../message/decode-message.ts'
import type { Clock, MaybePromise } from '../../ports.ts'
import type { ReadingRoom } from './reading-room.ts'

export interface InboxParts {
  readonly clock: Clock
  /** Shared by all peers. */
  readonly room: ReadingRoom
  /** A message, in the order in which they came, with its size. Settles when it has been dealt with; never rejects. */
  deliver(decoded: DecodedMessage, bytes: number): MaybePromise<void>
  /** So many bytes wait here, or, when negative, wait no longer. */
  waiting(change: number): void
  /** A message was lost by a mistake of ours, while it was read or delivered: its sender is not to blame. */
  failed(error: unknown): void
}

interface Waiting {
  readonly body: Uint8Array
  /** Made when its turn comes: it is larger than most messages. */
  decoder: MessageDecoder | undefined
  /** Bytes that it is reckoned at. */
  readonly bytes: number
  readonly refuse: Refuse
}

/** A message turned out to be unreadable, and its sender is to blame. */
export type Refuse = (error: ProtocolError) => void

/** Fields read at once of a message that just came: more than most have. */
export const FIRST_FIELDS = 512
/** Entries and presences above which a message is long: it is read in the room. */
export const LONG_LINES = 512
/** A message that waits is reckoned at this many bytes at least. */
const MIN_WAITING_BYTES = 512
/** Longest stay in the room once a message is read: its sender may be slow to take the answers. */
export const MAX_STAY_MS = 200

/**
 * Reads the messages of one peer in their order. Most are read at once; a long one is read in steps, so that it does not
 * keep the event loop from other peers, and what comes after it waits. So does what comes after wants that are not yet
 * looked at: as bytes they are a fifth of what they are as wants.
 */
export class Inbox {
  readonly #parts: InboxParts
  /** Bounded: the bytes in it count as unread, and the peer's streams are paused above a limit of those. */
  #queue: Waiting[] = []
  /** What was told last is being looked at. */
  #held = false
  #closed = false
  readonly #user = { enter: () => this.#later() }

  constructor(parts: InboxParts) {
    this.#parts = parts
  }

  /** Never throws. `refuse` hears of a message that turns out to be unreadable, now or later. */
  receive(body: Uint8Array, refuse: Refuse): void {
    if (this.#closed) return
    const isNext = this.#queue.length === 0 && !this.#held
    const decoder = isNext ? new MessageDecoder(body) : undefined
    if (decoder !== undefined) {
      const decoded = this.#read(decoder, refuse)
      if (decoded === 'unreadable') return
      if (decoded !== 'unfinished') {
        this.#deliver(decoded, body.byteLength)
        return
      }
    }
    const bytes = Math.max(MIN_WAITING_BYTES, body.byteLength)
    this.#queue.push({ body, decoder, bytes, refuse })
    this.#parts.waiting(bytes)
    if (isNext) this.#later()
  }

  /** Drops what waits, and takes nothing more. */
  close(): void {
    this.#closed = true
    for (const { bytes } of this.#queue.splice(0)) this.#parts.waiting(-bytes)
    this.#parts.room.leave(this.#user)
  }

  #later(): void {
    this.#parts.clock.defer(() => this.#step())
  }

  /** Reads on until a message needs another step, has to be looked at first, or none is left. */
  #step(): void {
    while (!this.#held) {
      const next = this.#queue[0]
      if (next === undefined) break
      // Let in later, it goes on from there.
      next.decoder ??= new MessageDecoder(next.body)
      if (next.decoder.lines > LONG_LINES && !this.#parts.room.ask(this.#user)) return
      const decoded = this.#read(next.decoder, next.refuse)
      if (decoded === 'unfinished') {
        this.#later()
        return
      }
      // Closed in the meantime, or by whoever heard of the failure.
      if (this.#queue[0] !== next) return
      this.#queue.shift()
      this.#parts.waiting(-next.bytes)
      if (decoded === 'unreadable' || !this.#deliver(decoded, next.body.byteLength)) this.#parts.room.leave(this.#user)
    }
  }

  /** True when it has to be looked at before anything else. */
  #deliver(decoded: DecodedMessage, bytes: number): boolean {
    const { wants, cancels } = decoded.message
    const done = this.#handOver(decoded, bytes)
    // Blocks are stored many at a time.
    if (done === undefined || wants.length + cancels.length === 0) return false
    this.#held = true
    const { clock, room } = this.#parts
    const stay = clock.setTimer(MAX_STAY_MS, () => room.leave(this.#user))
    void done.then(() => {
      this.#held = false
      stay.cancel()
      room.leave(this.#user)
      if (this.#queue.length > 0) this.#step()
    })
    return true
  }

  #handOver(decoded: DecodedMessage, bytes: number): MaybePromise<void> {
    try {
      return this.#parts.deliver(decoded, bytes)
    } catch (error) {
      this.#parts.failed(error)
    }
  }

  #read(decoder: MessageDecoder, refuse: Refuse): DecodedMessage | 'unfinished' | 'unreadable' {
    try {
      return decoder.step(decoder.lines > LONG_LINES ? undefined : FIRST_FIELDS) ?? 'unfinished'
    } catch (error) {
      if (error instanceof ProtocolError) refuse(error)
      else this.#parts.failed(error)
      return 'unreadable'
    }
  }
}
