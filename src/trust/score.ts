/** How a peer kept its word. Counts decay with time. */
export interface Conduct {
  /** Blocks it was asked for and sent. */
  readonly delivered: number
  /** Blocks it said it has, was asked for, and did not send. */
  readonly broken: number
  /** Bytes it sent that were not what was asked for. */
  readonly mismatches: number
}

/** A promise that is not kept costs the time to find that out: as much as this many blocks are good for. */
const BROKEN_COST = 4
/** Wrong bytes do not happen to the honest, short of a broken disk. */
const MISMATCH_COST = 16
/** Recent bytes of wanted blocks at which a peer is worth half of what it can be. */
const HALF_WORTH_BYTES = 16 * 1024 * 1024
/** The most that a peer can be worth. */
export const MAX_WORTH = 100

/** How likely a peer is to do what it says: 0 to 1, and one half for a peer of which nothing is known. */
export function trustScore({ delivered, broken, mismatches }: Conduct): number {
  return (delivered + 1) / (delivered + 2 + BROKEN_COST * broken + MISMATCH_COST * mismatches)
}

/**
 * What a connection is worth, 0 to MAX_WORTH: when there are too many, those worth less go first. Only wanted blocks earn
 * it: bytes that nobody asked for, and connections alone, are worth nothing, however many there are. Whoever gave anything
 * of late is worth more than they.
 */
export function worth(score: number, recentReceived: number): number {
  if (score < 0.5 || recentReceived < 1) return 0
  return Math.ceil((MAX_WORTH * score * recentReceived) / (recentReceived + HALF_WORTH_BYTES))
}
