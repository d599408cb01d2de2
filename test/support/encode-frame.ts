import { encodeFrameParts } from '../../src/message/encode-parts.ts'
import type { Message } from '../../src/message/message.ts'
import type { WireVersion } from '../../src/message/wire-version.ts'

/** A message with its length in front, as a stream carries it, in one piece. */
export function encodeFrame(message: Message, wire: WireVersion): Uint8Array {
  return Uint8Array.from(Buffer.concat(encodeFrameParts(message, wire)))
}
