import type { PeerId } from '../ids.ts'

/** A partner that waits for blocks, as it is now. Bytes are block bytes. */
export interface PartnerView {
  readonly peer: PeerId
  /** Recent bytes sent / (recent bytes received + 1). Not the credit, nor 1 / (ratio + 1), that others call debt. */
  readonly debtRatio: number
  /** Lifetime totals. */
  readonly bytesSent: number
  readonly bytesReceived: number
  /** As the totals, but an exchange loses half its weight every half-life. */
  readonly recentSent: number
  readonly recentReceived: number
  /** What waits in the partner's queue. */
  readonly queuedBytes: number
  readonly queuedTasks: number
  /** What is being written to the partner. */
  readonly inFlightBytes: number
  /** Since it was last served, or began to wait. */
  readonly waitingMs: number
}

/**
 * How upload is divided when it is scarce. Waiting partners get bytes in proportion to their weights; 0 means nothing
 * while anyone else waits. Asked only when more partners wait than can be served: with an idle uplink whoever waits is
 * served at once. A weight above 0 is never left waiting for long (see `Turns`).
 */
export interface Strategy {
  readonly name: string
  /** A finite number, 0 or more. `now` is on the clock of `waitingMs`, in milliseconds. Must be quick, keeps no state. */
  weigh(partner: PartnerView, now: number): number
}
