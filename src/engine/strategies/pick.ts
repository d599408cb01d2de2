import type { PartnerView } from '../strategy.ts'

/** The one that comes before all others; among equals the first of the row. */
export function firstBy(
  waiting: readonly PartnerView[],
  isBefore: (a: PartnerView, b: PartnerView) => boolean
): PartnerView {
  let [first] = waiting
  if (first === undefined) throw new Error('nobody waits')
  for (const partner of waiting) if (partner !== first && isBefore(partner, first)) first = partner
  return first
}

/** The one of least value; among equals the first of the row. */
export function leastBy(waiting: readonly PartnerView[], valueOf: (partner: PartnerView) => number): PartnerView {
  let [least] = waiting
  if (least === undefined) throw new Error('nobody waits')
  let fewest = valueOf(least)
  for (const partner of waiting) {
    const value = valueOf(partner)
    if (value < fewest) [least, fewest] = [partner, value]
  }
  return least
}

/** `S` of the papers: bytes given to a partner, with those on their way, so that a second slot does not give them again. */
export function given({ bytesSent, inFlightBytes }: PartnerView): number {
  return bytesSent + inFlightBytes
}

/** Debt as Grisham and the whitepaper have it, `S / (R + 1)`, in bytes. */
export function debtOf(partner: PartnerView): number {
  return given(partner) / (partner.bytesReceived + 1)
}
