import type { CID } from 'multiformats/cid'
import type { PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'

/** One message handed to the network. */
export interface Traffic {
  readonly atMs: number
  readonly from: PeerId
  readonly to: PeerId
  readonly bytes: number
  readonly message: Message
}

/** How a summary names a block: by its CID, or by what a prefix and bytes tell. */
export interface Namer {
  cid(cid: CID): string
  block(prefix: Uint8Array, bytes: Uint8Array): string
}

const LAST = 8

/** Names a CID by its last characters, and a block by its size: enough to tell a few apart. */
export const SHORT_NAMES: Namer = {
  cid: (cid) => cid.toString().slice(-LAST),
  block: (_prefix, bytes) => `${bytes.length} B`
}

/** One line that says what a message holds, such as `full; want-block a b; cancel c; have d; block 12 B`. */
export function summarize(message: Message, names: Namer = SHORT_NAMES): string {
  const cids = (entries: readonly { readonly cid: CID }[]): string[] => entries.map((entry) => names.cid(entry.cid))
  const parts: [string, readonly string[]][] = [
    ['want-block', cids(message.wants.filter((want) => want.type === 'block'))],
    ['want-have', cids(message.wants.filter((want) => want.type === 'have'))],
    ['cancel', cids(message.cancels)],
    ['have', cids(message.presences.filter((presence) => presence.have))],
    ['dont-have', cids(message.presences.filter((presence) => !presence.have))],
    ['block', message.blocks.map((block) => names.block(block.prefix, block.bytes))]
  ]
  const words = parts.filter(([, items]) => items.length > 0).map(([word, items]) => `${word} ${items.join(' ')}`)
  if (message.full) words.unshift('full')
  if (message.pendingBytes > 0) words.push(`pending ${message.pendingBytes} B`)
  return words.length === 0 ? 'nothing' : words.join('; ')
}
