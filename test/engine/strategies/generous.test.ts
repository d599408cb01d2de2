import { describe, expect, it } from 'vitest'
import { generous } from '../../../src/engine/strategies/generous.ts'
import { partnerView } from '../../support/partner-view.ts'

describe('generous', () => {
  it('weighs what is asked, never nothing, whatever the debt', () => {
    const asked = [0, 999, 9_999].map((queuedBytes) => generous.weigh(partnerView({ queuedBytes, debtRatio: 99 }), 0))
    expect(asked).toEqual([1, 1_000, 10_000])
  })
})
