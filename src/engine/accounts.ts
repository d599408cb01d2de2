import type { PeerId } from '../ids.ts'

/** What was exchanged with peers, in block bytes, as a strategy may know it; 0 for a peer with whom nothing was. */
export interface Accounts {
  /** Lifetime totals. */
  bytesSent(peer: PeerId): number
  bytesReceived(peer: PeerId): number
  /** As the totals, but decayed. */
  recentSent(peer: PeerId): number
  recentReceived(peer: PeerId): number
  /** Recent bytes sent / (recent bytes received + 1). */
  debtRatio(peer: PeerId): number
}
