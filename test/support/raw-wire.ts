import { decodeMessage } from '../../src/message/decode-message.ts'
import { countFaults, noFaults, type MessageFaults } from '../../src/message/message-faults.ts'
import { createMessage, type Message } from '../../src/message/message.ts'
import { throughCodec, type Wire } from '../../src/simulation/wire.ts'

/** A wire that writes and reads every message, and carries bytes of which no message could be made. */
export class RawWire {
  /** What was wrong with the bytes that were carried raw, all together. */
  readonly faults: MessageFaults = noFaults()
  readonly #bodies = new WeakMap<Message, Uint8Array>()

  /** Faults that a network tells of: all but those that honest peers commit. */
  get faultCount(): number {
    return countFaults(this.faults)
  }

  /** A message that stands for these bytes. */
  message(body: Uint8Array): Message {
    const message = createMessage({})
    this.#bodies.set(message, body)
    return message
  }

  readonly carry: Wire = (message) => {
    const body = this.#bodies.get(message)
    if (body === undefined) return throughCodec(message)
    const { message: read, faults } = decodeMessage(body)
    for (const [kind, count] of Object.entries(faults)) this.faults[kind as keyof MessageFaults] += count
    return { message: read, bytes: body.byteLength }
  }
}
