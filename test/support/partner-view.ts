import type { PartnerView } from '../../src/engine/strategy.ts'
import { toPeerId } from '../../src/ids.ts'

/** A partner as a strategy sees it, in the hands of the test. */
export type PartnerDouble = { -readonly [Key in keyof PartnerView]: PartnerView[Key] }

/** Nothing exchanged and nothing asked unless said. */
export function partnerView(parts: Partial<PartnerView> = {}): PartnerDouble {
  return {
    peer: toPeerId('ernie'),
    debtRatio: 0,
    bytesSent: 0,
    bytesReceived: 0,
    recentSent: 0,
    recentReceived: 0,
    queuedBytes: 0,
    queuedTasks: 0,
    nextBlockBytes: 0,
    oldestWant: Infinity,
    inFlightBytes: 0,
    inFlightTasks: 0,
    waitingSince: 0,
    servedAt: -Infinity,
    ...parts
  }
}
