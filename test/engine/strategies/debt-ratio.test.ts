import { describe, expect, it } from 'vitest'
import { createDebtRatio, debtRatio } from '../../../src/engine/strategies/debt-ratio.ts'
import { partnerView } from '../../support/partner-view.ts'

const MIB = 1024 * 1024

describe('debt-ratio', () => {
  it.each([
    ['a newcomer', 0, 0, 0.9975],
    ['a newcomer that took its credit', 1, 0, 0.9526],
    ['one that gave nothing for two MiB', 2, 0, 0.5],
    ['a pure downloader', 1_000, 0, 0.01],
    ['one that gives what it takes', 1_000, 1_000, 0.953],
    ['one that gives a third', 3_000, 1_000, 0.0478],
    ['a benefactor', 0, 1_000, 0.9975]
  ])('%s: %d MiB sent, %d MiB received', (_, sent, received, weight) => {
    const view = partnerView({ recentSent: sent * MIB, recentReceived: received * MIB })
    expect(debtRatio.weigh(view, 0)).toBeCloseTo(weight, 3)
  })

  it('takes recent bytes, not those of a lifetime', () => {
    expect(debtRatio.weigh(partnerView({ bytesSent: 1e12 }), 0)).toBeCloseTo(0.9975, 4)
  })

  it('takes other credit and another floor', () => {
    const strict = createDebtRatio({ creditBytes: 1, floor: 0.25 })
    expect(strict.weigh(partnerView({ recentSent: 262_144 }), 0)).toBe(0.25)
  })
})
