/** A ratio of more than this says no more than that. */
const MAX_SHOWN = 999

export interface Account {
  /** Bytes. */
  readonly sent: number
  readonly received: number
  readonly debtRatio: number
}

/** What a partner owes, for people; of one that gave nothing back, no figure would tell anything but how much it got. */
export function debtText({ sent, received, debtRatio }: Account): string {
  if (sent > 0 && received === 0) return 'nothing came back'
  return debtRatio > MAX_SHOWN ? `more than ${MAX_SHOWN}` : debtRatio.toFixed(3)
}
