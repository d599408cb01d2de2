/** What was dropped from a message while it was read, by kind. The rest of the message is good. */
export interface MessageFaults {
  /** Entries, presences and blocks that are not readable as such. */
  malformedItems: number
  /** Entries and presences whose CID is missing, empty, or no CID. */
  malformedCids: number
  /** Entries and presences whose CID is longer than MAX_CID_BYTES. */
  oversizedCids: number
  /** Entries and presences with an identity CID. Honest peers send these: ignored, not held against them. */
  identityCids: number
  /** Blocks whose prefix is missing or breaks a rule. */
  badPrefixes: number
  /** Blocks larger than MAX_BLOCK_BYTES. */
  oversizedBlocks: number
  /** Presences beyond MAX_PRESENCES. */
  excessPresences: number
  /** Blocks beyond MAX_BLOCKS_PER_MESSAGE. */
  excessBlocks: number
}

export function noFaults(): MessageFaults {
  return {
    malformedItems: 0,
    malformedCids: 0,
    oversizedCids: 0,
    identityCids: 0,
    badPrefixes: 0,
    oversizedBlocks: 0,
    excessPresences: 0,
    excessBlocks: 0
  }
}

/** Items dropped through the sender's fault: all of them but identity CIDs. */
export function countFaults(faults: Readonly<MessageFaults>): number {
  const all = Object.values<number>({ ...faults }).reduce((sum, count) => sum + count, 0)
  return all - faults.identityCids
}
