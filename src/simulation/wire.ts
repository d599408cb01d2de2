import { assert } from '../errors.ts'
import { decodeMessage } from '../message/decode-message.ts'
import { encodeMessage } from '../message/encode-message.ts'
import { countFaults } from '../message/message-faults.ts'
import type { Message } from '../message/message.ts'
import { encodedSize } from '../message/size.ts'
import { varintLength } from '../message/varint.ts'

/** What a message becomes on its way. */
export interface Carried {
  /** The message as the receiver gets it. */
  readonly message: Message
  /** Its size on the wire, with its length in front. */
  readonly bytes: number
}

/** How messages cross the virtual network. Both ways agree on the size. */
export type Wire = (message: Message) => Carried

const VERSION = '1.2.0'

/** The receiver gets the sender's object: fast, for worlds of many peers. Its size is reckoned, not written. */
export const byReference: Wire = (message) => {
  const bytes = encodedSize(message, VERSION)
  return { message, bytes: varintLength(bytes) + bytes }
}

/** Every message is written and read again, as over a real stream. What our own writer made must read without fault. */
export const throughCodec: Wire = (message) => {
  const body = encodeMessage(message, VERSION)
  const { message: read, faults } = decodeMessage(body)
  assert(countFaults(faults) === 0, `our own message was read with faults: ${JSON.stringify(faults)}`)
  return { message: read, bytes: varintLength(body.length) + body.length }
}
