import type { PartnerView } from '../../src/engine/strategy.ts'
import { toPeerId } from '../../src/ids.ts'

/** A partner as a strategy sees it; with nothing exchanged and nothing asked unless said. */
export function partnerView(parts: Partial<PartnerView> = {}): PartnerView {
  return {
    peer: toPeerId('ernie'),
    debtRatio: 0,
    bytesSent: 0,
    bytesReceived: 0,
    recentSent: 0,
    recentReceived: 0,
    queuedBytes: 0,
    queuedTasks: 0,
    inFlightBytes: 0,
    waitingMs: 0,
    ...parts
  }
}
