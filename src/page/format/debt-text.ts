import type { PartnerRow } from '../insight.ts'
import { bytesText, ratioText } from './numbers.ts'

/** A ratio of more than this says no more than that. */
const MAX_SHOWN = 999

export type Account = Pick<PartnerRow, 'sent' | 'received' | 'debtRatio'>

/** What a partner owes; of one that gave nothing back, no figure would tell anything but how much it got. */
export function debtText({ sent, received, debtRatio }: Account): string {
  if (sent + received === 0) return '–'
  if (received === 0) return '∞'
  return debtRatio > MAX_SHOWN ? `> ${MAX_SHOWN}` : ratioText(debtRatio)
}

/** Said where only one side has given; undefined otherwise. */
export function oneSided({ sent, received }: Account): string | undefined {
  if (sent > 0 && received === 0) return `it got ${bytesText(sent)}, and gave nothing`
  return received > 0 && sent === 0 ? `it gave ${bytesText(received)}, and got nothing` : undefined
}
