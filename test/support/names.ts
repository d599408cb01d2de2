/**
 * Peers and CIDs by short names, for tests of decisions: `cid('a')` is always the same CID, of no real block.
 */
import type { CID } from 'multiformats/cid'
import { cidKey, toPeerId, type CidKey, type PeerId } from '../../src/ids.ts'
import type { Message } from '../../src/message/message.ts'
import { sampleCid } from '../../src/testing/sample-messages.ts'

export const ALICE: PeerId = toPeerId('alice')
export const BOB: PeerId = toPeerId('bob')
export const CAROL: PeerId = toPeerId('carol')

/** Bounded: by the names that the tests of one file use. */
const names = new Map<CidKey, string>()

export function cid(name: string): CID {
  const made = sampleCid(name)
  names.set(cidKey(made), name)
  return made
}

export function key(name: string): CidKey {
  return cidKey(cid(name))
}

export function nameOf(of: CidKey): string {
  return names.get(of) ?? 'unnamed'
}

/** The wantlist of a message in short: `full`, `block a`, `have b`, `cancel c`, in the order of the message. */
export function told(message: Message | undefined): readonly string[] {
  if (message === undefined) return ['nothing']
  return [
    ...(message.full ? ['full'] : []),
    ...message.cancels.map((cancel) => `cancel ${nameOf(cancel.key)}`),
    ...message.wants.map((want) => `${want.type} ${nameOf(want.key)}`)
  ]
}
