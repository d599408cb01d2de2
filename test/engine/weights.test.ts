import { describe, expect, it } from 'vitest'
import { Partner } from '../../src/engine/partner.ts'
import type { PartnerView, Strategy } from '../../src/engine/strategy.ts'
import { Weights } from '../../src/engine/weights.ts'
import { SharedPlaces } from '../../src/engine/shared-places.ts'
import { toPeerId } from '../../src/ids.ts'
import type { PeerId } from '../../src/ids.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'

const ACCOUNT = { bytesSent: 10, bytesReceived: 3, recentSent: 8, recentReceived: 1, debtRatio: 4 }

interface Asked {
  readonly weights: Weights
  readonly partner: Partner
  readonly logged: unknown[]
}

function weightsOf(strategy: Strategy): Asked {
  const logged: unknown[] = []
  const ignore = (): void => undefined
  const logger = { debug: ignore, warn: ignore, error: (_: string, fields: unknown) => void logged.push(fields) }
  const accounts = { get: (peer: PeerId) => (peer === 'ernie' ? ACCOUNT : undefined) }
  const partner = new Partner(toPeerId('ernie'), { presences: true }, DEFAULT_OPTIONS.engine, new SharedPlaces(0))
  return { weights: new Weights(strategy, accounts, logger), partner, logged }
}

describe('Weights', () => {
  it('shows the strategy the partner as it is', () => {
    const views: PartnerView[] = []
    const { weights, partner } = weightsOf({ name: 'nosy', weigh: (view) => views.push(view) })
    partner.waitingSince = 100
    partner.inFlightWork = 5
    expect(weights.of(partner, 1_500)).toBe(1)
    expect(views).toEqual([
      { peer: 'ernie', ...ACCOUNT, queuedBytes: 0, queuedTasks: 0, inFlightBytes: 5, waitingMs: 1_400 }
    ])
  })

  it('asks for a partner without a ledger as well', () => {
    const { weights } = weightsOf({ name: 'ratio', weigh: ({ debtRatio, bytesSent }) => debtRatio + bytesSent })
    expect(
      weights.of(new Partner(toPeerId('bert'), { presences: true }, DEFAULT_OPTIONS.engine, new SharedPlaces(0)), 0)
    ).toBe(0)
  })

  it('remembers an answer for a moment', () => {
    let asked = 0
    const { weights, partner } = weightsOf({ name: 'counting', weigh: () => ++asked })
    partner.weight = weights.of(partner, 0)
    expect([weights.of(partner, 99), weights.of(partner, 100)]).toEqual([1, 2])
  })

  it.each([
    [
      'throws',
      (): number => {
        throw new Error('no')
      }
    ],
    ['says NaN', () => Number.NaN],
    ['says less than nothing', () => -1],
    ['says infinity', () => Infinity]
  ])('falls back to fair share when the strategy %s, and says so once', (_, weigh) => {
    const { weights, partner, logged } = weightsOf({ name: 'broken', weigh })
    expect([weights.of(partner, 0), weights.of(partner, 500)]).toEqual([1, 1])
    expect(logged).toHaveLength(1)
    expect(logged[0]).toMatchObject({ strategy: 'broken', peer: 'ernie' })
  })
})
