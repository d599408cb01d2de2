import { describe, expect, it } from 'vitest'
import { DEFAULT_STRATEGY, STRATEGY_NAMES, strategyByName } from '../../../src/engine/strategies/by-name.ts'
import { debtRatio } from '../../../src/engine/strategies/debt-ratio.ts'
import { InvalidParametersError } from '../../../src/errors.ts'

describe('strategyByName', () => {
  it('knows the strategies that come with Barter, the default first', () => {
    expect(STRATEGY_NAMES).toEqual(['debt-ratio', 'fair-share', 'generous'])
    for (const name of STRATEGY_NAMES) expect(strategyByName(name).name).toBe(name)
    expect(DEFAULT_STRATEGY).toBe(debtRatio)
  })

  it('lists the names where it knows none', () => {
    expect(() => strategyByName('selfish')).toThrow(InvalidParametersError)
    expect(() => strategyByName('selfish')).toThrow('selfish: expected one of debt-ratio, fair-share, generous')
  })
})
