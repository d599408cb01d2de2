import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_WORTH, trustScore, worth } from '../../src/trust/score.ts'
import { property } from '../support/seed.ts'

const MIB = 1024 * 1024

describe('trustScore', () => {
  it.each([
    ['a stranger', 0, 0, 0, 0.5],
    ['one who delivered a hundred blocks', 100, 0, 0, 0.99],
    ['the same with one broken promise', 100, 1, 0, 0.95],
    ['one who only breaks promises', 0, 3, 0, 0.07],
    ['one who forged a block', 0, 0, 1, 0.06],
    ['one who bought trust with ten blocks, to forge one', 10, 0, 1, 0.39]
  ])('%s', (_who, delivered, broken, mismatches, score) => {
    expect(trustScore({ delivered, broken, mismatches })).toBeCloseTo(score, 2)
  })

  it('stays between 0 and 1, grows with deeds and shrinks with misdeeds', () => {
    const count = fc.double({ min: 0, max: 1e9, noNaN: true })
    property(
      fc.property(count, count, count, (delivered, broken, mismatches) => {
        const score = trustScore({ delivered, broken, mismatches })
        expect(score).toBeGreaterThan(0)
        expect(score).toBeLessThanOrEqual(1)
        expect(trustScore({ delivered: delivered + 1, broken, mismatches })).toBeGreaterThanOrEqual(score)
        expect(trustScore({ delivered, broken: broken + 1, mismatches })).toBeLessThanOrEqual(score)
        expect(trustScore({ delivered, broken, mismatches: mismatches + 1 })).toBeLessThanOrEqual(score)
      })
    )
  })
})

describe('worth', () => {
  it('is earned by wanted blocks alone, and by those who keep their word', () => {
    expect(worth(0.5, 0)).toBe(0)
    expect(worth(0.99, 16 * MIB)).toBe(50)
    expect(worth(0.67, 1)).toBe(1)
    expect(worth(0.67, 0.9)).toBe(0)
    expect(worth(1, 1e15)).toBe(MAX_WORTH)
    expect(worth(0.4, 1e15)).toBe(0)
  })
})
