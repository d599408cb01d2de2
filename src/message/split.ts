/**
 * Cuts a message that is too long for the wire into several that are not.
 */
import { MAX_BLOCKS_PER_MESSAGE, MAX_MESSAGE_BYTES, MAX_PRESENCES, MAX_WANTLIST_ENTRIES } from './limits.ts'
import { createMessage } from './message.ts'
import type { CancelEntry, Message, Presence, WantEntry, WireBlock } from './message.ts'
import { blockSize, cancelSize, encodedSize, entrySize, MAX_MESSAGE_OVERHEAD_BYTES, presenceSize } from './size.ts'
import { hasPrefixedBlocks } from './wire-version.ts'
import type { WireVersion } from './wire-version.ts'

interface Part {
  readonly wants: WantEntry[]
  readonly cancels: CancelEntry[]
  readonly presences: Presence[]
  readonly blocks: WireBlock[]
}

/**
 * The messages that together say what `message` says, each at most `maxBytes` long on the wire and within the counts
 * that a receiver reads; at least one. To be sent in this order: cancels, wants, presences, blocks.
 *
 * A full wantlist stays full in the first message only, the rest of it adds to that. `pendingBytes` counts what is
 * still to come. An item that alone is longer than `maxBytes` gets a message of its own, which is then too long.
 */
export function splitMessage(
  message: Message,
  maxBytes: number = MAX_MESSAGE_BYTES,
  wire: WireVersion = '1.2.0'
): Message[] {
  if (isWithinCounts(message) && encodedSize(message, wire) <= maxBytes) return [message]
  const splitter = new Splitter(maxBytes - MAX_MESSAGE_OVERHEAD_BYTES)
  for (const cancel of message.cancels) splitter.room('entries', cancelSize(cancel.cid)).cancels.push(cancel)
  for (const want of message.wants) splitter.room('entries', entrySize(want)).wants.push(want)
  if (hasPrefixedBlocks(wire)) {
    for (const presence of message.presences)
      splitter.room('presences', presenceSize(presence)).presences.push(presence)
  }
  for (const block of message.blocks) {
    splitter.room('blocks', blockSize(block.prefix.length, block.bytes.length, wire)).blocks.push(block)
  }
  return finish(splitter.parts, message)
}

function isWithinCounts(message: Message): boolean {
  return (
    message.wants.length + message.cancels.length <= MAX_WANTLIST_ENTRIES &&
    message.presences.length <= MAX_PRESENCES &&
    message.blocks.length <= MAX_BLOCKS_PER_MESSAGE
  )
}

const MOST = { entries: MAX_WANTLIST_ENTRIES, presences: MAX_PRESENCES, blocks: MAX_BLOCKS_PER_MESSAGE }

/** Fills one part after the other. */
class Splitter {
  readonly #maxItemBytes: number
  /** Bounded: by the message that is split. */
  readonly parts: Part[] = []
  #bytes = 0
  #counts = { entries: 0, presences: 0, blocks: 0 }

  constructor(maxItemBytes: number) {
    this.#maxItemBytes = maxItemBytes
  }

  /** The part that takes an item of this kind and size: the one at hand, or a new one when it does not fit. */
  room(kind: keyof typeof MOST, bytes: number): Part {
    let part = this.parts.at(-1)
    const fits = this.#bytes + bytes <= this.#maxItemBytes && this.#counts[kind] < MOST[kind]
    if (part === undefined || (!fits && this.#bytes > 0)) {
      part = { wants: [], cancels: [], presences: [], blocks: [] }
      this.parts.push(part)
      this.#bytes = 0
      this.#counts = { entries: 0, presences: 0, blocks: 0 }
    }
    this.#bytes += bytes
    this.#counts[kind]++
    return part
  }
}

function finish(parts: readonly Part[], whole: Message): Message[] {
  const messages: Message[] = []
  let pendingBytes = whole.pendingBytes
  for (const part of parts.toReversed()) {
    messages.push(createMessage({ ...part, pendingBytes }))
    pendingBytes += part.blocks.reduce((sum, block) => sum + block.bytes.length, 0)
  }
  const first = messages.pop() ?? createMessage({ pendingBytes })
  return [{ ...first, full: whole.full }, ...messages.toReversed()]
}
