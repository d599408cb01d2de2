import { describe, expect, it } from 'vitest'
import { fairShare } from '../../../src/engine/strategies/fair-share.ts'
import { partnerView } from '../../support/partner-view.ts'

describe('fair-share', () => {
  it('weighs all alike', () => {
    expect([partnerView(), partnerView({ debtRatio: 99 })].map((view) => fairShare.weigh(view, 0))).toEqual([1, 1])
  })
})
