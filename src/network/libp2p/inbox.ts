import { type DecodedMessage, MessageDecoder } from '../../message/decode-message.ts'
import type { Clock } from '../../ports.ts'

export interface InboxParts {
  readonly clock: Clock
  /** A message, in the order in which they came, with its size. */
  deliver(decoded: DecodedMessage, bytes: number): void
  /** So many bytes wait here, or, when negative, wait no longer. */
  waiting(change: number): void
}

interface Waiting {
  readonly decoder: MessageDecoder
  readonly bytes: number
  /** The message turned out to be unreadable. */
  readonly refuse: (error: unknown) => void
}

/**
 * Reads the messages of one peer in their order. Most are read at once; a very long one is read in steps, so that it does
 * not keep the event loop from other peers, and what comes after it waits.
 */
export class Inbox {
  readonly #parts: InboxParts
  /** Bounded: the bytes in it count as unread, and the peer's streams are paused above a limit of those. */
  #queue: Waiting[] = []

  constructor(parts: InboxParts) {
    this.#parts = parts
  }

  /** Throws when the message is found to be unreadable at once; `refuse` hears of it when that is found later. */
  receive(body: Uint8Array, refuse: (error: unknown) => void): void {
    const decoder = new MessageDecoder(body)
    const decoded = this.#queue.length === 0 ? decoder.step() : undefined
    if (decoded !== undefined) {
      this.#parts.deliver(decoded, body.byteLength)
      return
    }
    this.#queue.push({ decoder, bytes: body.byteLength, refuse })
    this.#parts.waiting(body.byteLength)
    if (this.#queue.length === 1) this.#later()
  }

  /** Drops what waits. */
  close(): void {
    for (const { bytes } of this.#queue.splice(0)) this.#parts.waiting(-bytes)
  }

  #later(): void {
    this.#parts.clock.defer(() => this.#step())
  }

  /** Reads on until a message needs another step, or none is left. */
  #step(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const decoded = this.#read(next)
      if (decoded === 'unfinished') {
        this.#later()
        return
      }
      // Closed in the meantime, or by whoever heard of the failure.
      if (this.#queue[0] !== next) return
      this.#queue.shift()
      this.#parts.waiting(-next.bytes)
      if (decoded !== 'unreadable') this.#parts.deliver(decoded, next.bytes)
    }
  }

  #read({ decoder, refuse }: Waiting): DecodedMessage | 'unfinished' | 'unreadable' {
    try {
      return decoder.step() ?? 'unfinished'
    } catch (error) {
      refuse(error)
      return 'unreadable'
    }
  }
}
