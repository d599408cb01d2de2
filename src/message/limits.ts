/** Largest message on the wire, without its length prefix (bitswap spec: MUST). */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024

/**
 * Longest time for one message, in milliseconds: the largest comes at 10 kB/s within it. The network gives up what takes
 * longer, and nobody waits for it either.
 */
export const MAX_MESSAGE_MS = 600_000

/**
 * Largest block that a message carries: one with nothing beside it but an empty wantlist, the longest prefix, the lengths
 * of all these, and the count of pending bytes. Taken, kept and served, for other peers do make them.
 */
export const MAX_BLOCK_BYTES = MAX_MESSAGE_BYTES - 64

/** Largest block that every peer must support (bitswap spec: MUST), and so the largest that is made here. */
export const PORTABLE_BLOCK_BYTES = 2 * 1024 * 1024

/** Largest CID accepted from a peer: four varints of ten bytes and a digest of 128, as Boxo allows. */
export const MAX_CID_BYTES = 168

/** Largest block prefix: four varints of ten bytes. */
export const MAX_PREFIX_BYTES = 40

/** Wantlist entries read from one message. An honest Boxo batches up to 2 MiB of them, about 45,000. */
export const MAX_WANTLIST_ENTRIES = 65_536

/** Presences read from one message: sixteen times what a peer can be asked for at a time. */
export const MAX_PRESENCES = 16_384

/** Blocks read from one message: 4 MiB of 1 KiB blocks, the smallest worth batching. */
export const MAX_BLOCKS_PER_MESSAGE = 4_096
