/** What peers have at the start, and what they ask for, and when. */

/** A part of a file that a peer has before anything begins. */
export interface Holding {
  readonly peer: number
  readonly file: number
  /** Does it have the block of this number, in the order of the file? It is the leaf of number `leaf`, or −1 for no leaf. */
  readonly has: (block: number, leaf: number) => boolean
}

export interface PlannedRequest {
  readonly atMs: number
  readonly peer: number
  readonly file: number
}

export interface Plan {
  readonly holdings: readonly Holding[]
  /** In the order of time. */
  readonly requests: readonly PlannedRequest[]
  /** Files, for each the peer that is its origin if it has one; their sizes come from the content options in turn. */
  readonly files: number
}

export const EVERYTHING = (): boolean => true

export function byTime(requests: readonly PlannedRequest[]): readonly PlannedRequest[] {
  return requests.toSorted((a, b) => a.atMs - b.atMs || a.peer - b.peer || a.file - b.file)
}
