import { describe, expect, it } from 'vitest'
import { sigmoid } from '../../../src/engine/strategies/sigmoid.ts'
import { whitepaper, whitepaperLoad } from '../../../src/engine/strategies/whitepaper.ts'
import { choice, choose, draws, waiter } from '../../support/scheduling.ts'

const KIB = 1024

describe('sigmoid', () => {
  it.each([
    [0, 0.9975],
    [1, 0.9526],
    [2, 0.5],
    [3, 0.0474],
    [4, 0.0025],
    [1e9, 0]
  ])('of debt ratio %d is %d, as in the whitepaper', (ratio, probability) => {
    expect(sigmoid(ratio)).toBeCloseTo(probability, 4)
  })
})

describe('whitepaper', () => {
  it('serves a newcomer with probability 0.9975', () => {
    expect(choose(whitepaper.with(), [waiter('a')], 0, draws(0.9975))).toBe('a')
    expect(choose(whitepaper.with(), [waiter('a')], 0, draws(0.9976))).toBe(10_000)
  })

  it('refuses, taken literally, whoever got one block and gave nothing', () => {
    expect(choose(whitepaper.with(), [waiter('a', { bytesSent: 256 * KIB })], 0, draws(1e-9))).toBe(10_000)
  })

  it.each([
    // r = (S / unit) / ((R + credit) / unit + 1)
    ['in MiB', { unit: 1024 * KIB }, 256 * KIB, 0, 0.25],
    ['with credit', { credit: 256 * KIB - 1 }, 512 * KIB, 0, 2],
    ['with what was received', {}, 3_000, 999, 3]
  ])('takes the debt ratio %s', (_, values, bytesSent, bytesReceived, ratio) => {
    const partner = waiter('a', { bytesSent, bytesReceived })
    const probability = sigmoid(ratio)
    expect(choose(whitepaper.with(values), [partner], 0, draws(probability - 1e-6))).toBe('a')
    expect(choose(whitepaper.with(values), [partner], 0, draws(probability + 1e-6))).toBe(10_000)
  })

  it('ignores a refused partner for the cool-down, without a draw, and then draws again', () => {
    const scheduler = whitepaper.with().create({ random: draws(0.999, 0.5, 0.999, 0.1) })
    const [a, b] = [waiter('a'), waiter('b')]
    expect(choice(scheduler.next([a, b], 0))).toBe('b')
    expect(choice(scheduler.next([a, b], 4_000))).toBe(10_000)
    expect(choice(scheduler.next([a, b], 9_999))).toBe(10_000)
    expect(choice(scheduler.next([a, b], 10_000))).toBe('a')
  })
})

describe('whitepaper-load', () => {
  it.each([
    [0.69, 'a'],
    [0.7, 10_000]
  ])('with %d of the uplink in use: %s', (load, expected) => {
    const scheduler = whitepaperLoad.with().create({ random: draws(0.5), load: () => load })
    expect(choice(scheduler.next([waiter('a', { bytesSent: 1e6 })], 0))).toBe(expected)
  })
})
