import { byWeight, type WeightStrategy } from './by-weight.ts'
import { quantise } from './quantise.ts'

export interface DebtRatioOptions {
  /**
   * What the "+ 1" of the debt ratio stands for, in bytes. Taken literally, as one byte, a newcomer is beyond all credit
   * after its first block; so this is also the credit of a newcomer: the ratio is 1 after so many bytes given for nothing.
   */
  readonly creditBytes: number
  /** Least weight. A debtor gets little while others wait, but is never refused: it could not pay back otherwise. */
  readonly floor: number
}

const DEFAULTS: DebtRatioOptions = { creditBytes: 1024 * 1024, floor: 0.01 }

/**
 * The sigmoid of the IPFS whitepaper (Benet 2014, §3.4.2): 1 − 1 / (1 + e^(6 − 3r)), r the debt ratio. 0.998 for r = 0,
 * one half for r = 2, 0.0025 for r = 4. There it is the probability of serving at all; here it is a weight.
 */
export function sigmoid(ratio: number): number {
  return 1 - 1 / (1 + Math.exp(6 - 3 * ratio))
}

/**
 * Who gives gets: upload is shared by what each partner recently gave for what it took. Debt is `recentSent`, credit
 * `recentReceived + creditBytes`, both in bytes of decayed weight; the ratio is debt / credit.
 */
export function createDebtRatio(options: Partial<DebtRatioOptions> = {}): WeightStrategy {
  const { creditBytes, floor } = { ...DEFAULTS, ...options }
  return byWeight({
    name: 'debt-ratio',
    about: 'bytes by the sigmoid of what each partner took and gave of late; a debtor gets little, never nothing',
    source: 'IPFS whitepaper, Benet 2014, §3.4.2, as a weight',
    weigh: ({ recentSent, recentReceived }) => {
      return Math.max(floor, quantise(sigmoid(recentSent / (recentReceived + creditBytes))))
    }
  })
}

export const debtRatio = createDebtRatio()
