import { byWeight, type WeightStrategy } from './by-weight.ts'
import type { StrategyKind } from './kind.ts'
import { nameWith, valuesOf } from './parameters.ts'
import { sigmoid } from './sigmoid.ts'

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
      return Math.max(floor, sigmoid(recentSent / (recentReceived + creditBytes)))
    }
  })
}

export const debtRatio = createDebtRatio()

const { creditBytes, floor } = DEFAULTS
const PARAMETERS = {
  credit: { about: 'bytes that are given for nothing', unit: 'bytes', fallback: creditBytes, min: 1 },
  floor: { about: 'least weight', unit: 'weight', fallback: floor, min: 0, max: 1 }
} as const

export const debtRatioKind: StrategyKind<typeof PARAMETERS> = {
  name: debtRatio.name,
  about: debtRatio.about,
  source: debtRatio.source,
  parameters: PARAMETERS,
  with: (given = {}) => {
    const values = valuesOf(`strategy ${debtRatio.name}`, PARAMETERS, given)
    const strategy = createDebtRatio({ creditBytes: values.credit, floor: values.floor })
    return { ...strategy, name: nameWith(debtRatio.name, PARAMETERS, values) }
  }
}
