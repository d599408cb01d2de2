import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { cidKey } from '../ids.ts'
import { createMessage, type Message, type WireBlock } from '../message/message.ts'

const RAW = 0x55
const SHA2_256 = 0x12
const RAW_PREFIX = Uint8Array.of(1, RAW, SHA2_256, 32)

/** A CID of no real block; the same text gives the same CID. */
export function sampleCid(text: string): CID {
  const digest = new Uint8Array(32)
  new TextEncoder().encodeInto(text, digest)
  return CID.createV1(RAW, createDigest(SHA2_256, digest))
}

/** A message whose blocks have these sizes; their bytes are zeros. */
export function messageOfBlocks(...sizes: readonly number[]): Message {
  return createMessage({
    blocks: sizes.map((size): WireBlock => ({ prefix: RAW_PREFIX, bytes: new Uint8Array(size) }))
  })
}

/** A small message that can be told from others by its number. */
export function numberedMessage(number: number): Message {
  return createMessage({ pendingBytes: number + 1 })
}

export function numberOf(message: Message): number {
  return message.pendingBytes - 1
}

/** A message with something in every list. */
export function fullMessage(): Message {
  const [want, cancel, have] = [sampleCid('want'), sampleCid('cancel'), sampleCid('have')]
  return createMessage({
    full: true,
    wants: [{ cid: want, key: cidKey(want), type: 'block', priority: 7, sendDontHave: true }],
    cancels: [{ cid: cancel, key: cidKey(cancel) }],
    presences: [{ cid: have, key: cidKey(have), have: true }],
    blocks: [{ prefix: RAW_PREFIX, bytes: Uint8Array.of(1, 2, 3) }],
    pendingBytes: 12
  })
}

/** What a message says, in a form that compares: CIDs as text, bytes as numbers. */
export function plainMessage(message: Message): unknown {
  const cids = (entries: Message['cancels']): string[] => entries.map((entry) => entry.cid.toString())
  return {
    full: message.full,
    wants: message.wants.map((want) => [want.cid.toString(), want.type, want.priority, want.sendDontHave]),
    cancels: cids(message.cancels),
    presences: message.presences.map((presence) => [presence.cid.toString(), presence.have]),
    blocks: message.blocks.map((block) => [[...block.prefix], [...block.bytes]]),
    pendingBytes: message.pendingBytes
  }
}
