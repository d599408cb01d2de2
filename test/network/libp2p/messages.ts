import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { cidKey } from '../../../src/ids.ts'
import { type Message, createMessage } from '../../../src/message/message.ts'

const PREFIX = Uint8Array.of(1, 0x55, 0x12, 32)

/** A message with one block of so many bytes, all equal to `fill`. */
export function blockMessage(size: number, fill: number): Message {
  return createMessage({ blocks: [{ prefix: PREFIX, bytes: new Uint8Array(size).fill(fill) }] })
}

/** A message with one want, told from others by its priority. */
export async function wantMessage(priority: number): Promise<Message> {
  const cid = CID.createV1(raw.code, await sha256.digest(Uint8Array.of(priority & 0xff)))
  return createMessage({ wants: [{ cid, key: cidKey(cid), type: 'block', priority, sendDontHave: true }] })
}

export function fillOf(message: Message): number | undefined {
  return message.blocks[0]?.bytes[0]
}
