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
}

interface Waiting {
  readonly decoder: MessageDecoder
  readonly bytes: number
  /** The message turned out to be unreadable. */
  readonly refuse: (error: unknown) => void
}

/** Fields read at once of a message that just came: more than most have. */
export const FIRST_FIELDS = 512
/** Entries and presences above which a message is long: it is read in the room. */
export const LONG_LINES = 512
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

  /** Throws when the message is found to be unreadable at once; `refuse` hears of it when that is found later. */
  receive(body: Uint8Array, refuse: (error: unknown) => void): void {
    if (this.#closed) return
    const decoder = new MessageDecoder(body)
    const isNext = this.#queue.length === 0 && !this.#held
    const decoded = isNext ? decoder.step(FIRST_FIELDS) : undefined
    if (decoded !== undefined) {
      this.#deliver(decoded, body.byteLength)
      return
    }
    this.#queue.push({ decoder, bytes: body.byteLength, refuse })
    this.#parts.waiting(body.byteLength)
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
      if (next.decoder.lines > LONG_LINES && !this.#parts.room.ask(this.#user)) return
      const decoded = this.#read(next)
      if (decoded === 'unfinished') {
        this.#later()
        return
      }
      // Closed in the meantime, or by whoever heard of the failure.
      if (this.#queue[0] !== next) return
      this.#queue.shift()
      this.#parts.waiting(-next.bytes)
      if (decoded === 'unreadable' || !this.#deliver(decoded, next.bytes)) this.#parts.room.leave(this.#user)
    }
  }

  /** True when it has to be looked at before anything else. */
  #deliver(decoded: DecodedMessage, bytes: number): boolean {
    const { wants, cancels } = decoded.message
    const done = this.#parts.deliver(decoded, bytes)
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

  #read({ decoder, refuse }: Waiting): DecodedMessage | 'unfinished' | 'unreadable' {
    try {
      return decoder.step(decoder.lines > LONG_LINES ? undefined : FIRST_FIELDS) ?? 'unfinished'
    } catch (error) {
      refuse(error)
      return 'unreadable'
    }
  }
}
