import { describe, expect, it } from 'vitest'
import { DEFAULT_STRATEGY, STRATEGIES, STRATEGY_NAMES, strategyByName } from '../../../src/engine/strategies/by-name.ts'
import { debtRatio } from '../../../src/engine/strategies/debt-ratio.ts'
import { InvalidParametersError } from '../../../src/errors.ts'
import { draws } from '../../support/scheduling.ts'

describe('strategyByName', () => {
  it('knows the strategies that come with Barter, the default first', () => {
    expect(STRATEGY_NAMES.slice(0, 3)).toEqual(['debt-ratio', 'fair-share', 'generous'])
    expect(STRATEGY_NAMES).toHaveLength(22)
    expect(new Set(STRATEGY_NAMES).size).toBe(22)
    expect(DEFAULT_STRATEGY).toBe(debtRatio)
  })

  it.each(STRATEGIES.map((kind) => [kind.name, kind] as const))('%s says what it is', (name, kind) => {
    const strategy = strategyByName(name)
    expect(strategy.name).toBe(name)
    expect([strategy.about, strategy.source]).toEqual([kind.about, kind.source])
    for (const words of [kind.about, kind.source]) expect(words.length).toBeGreaterThan(3)
    for (const parameter of Object.values(kind.parameters)) {
      expect(parameter.about).not.toBe('')
      if ('min' in parameter) expect(parameter.unit).not.toBe('')
    }
    expect(typeof strategy.create({ random: draws(0.5) }).next).toBe('function')
  })

  it('takes parameters, and carries those that are not as by default in its name', () => {
    expect(strategyByName('whitepaper:unit=1048576,cooldown=10000').name).toBe('whitepaper:unit=1048576')
    expect(strategyByName('whitepaper: credit=1e6 , unit=2').name).toBe('whitepaper:unit=2,credit=1000000')
    expect(strategyByName('debt-ratio:floor=0.5').name).toBe('debt-ratio:floor=0.5')
    expect(strategyByName(strategyByName('swap:limit=5').name).name).toBe('swap:limit=5')
  })

  it.each([
    ['selfish', 'unknown strategy selfish: expected one of debt-ratio, fair-share, generous, fifo'],
    ['whitepaper:credits=1', 'strategy whitepaper has no parameter credits: expected one of unit, credit, cooldown'],
    ['whitepaper:toString=1', 'strategy whitepaper has no parameter toString'],
    ['fifo:fast=1', 'strategy fifo has no parameter fast: it has none'],
    ['fair-share:fast=1', 'strategy fair-share has no parameter fast: it has none'],
    ['whitepaper:credit=-1', 'strategy whitepaper: credit is -1: expected a number of bytes, 0 or more'],
    ['whitepaper:credit=much', 'strategy whitepaper: credit is "much": expected a number of bytes, 0 or more'],
    ['whitepaper:credit=', 'strategy whitepaper: credit is "": expected a number of bytes, 0 or more'],
    ['whitepaper:credit', 'strategy whitepaper: "credit" is no parameter: expected key=value'],
    ['whitepaper:', 'strategy whitepaper: "" is no parameter: expected key=value'],
    ['whitepaper:unit=1,unit=2', 'strategy whitepaper: unit is set twice'],
    ['tit-for-tat:slots=1.5', 'strategy tit-for-tat: slots is 1.5: expected a whole number of partners, 1 or more'],
    ['prop-share:reserve=1.1', 'strategy prop-share: reserve is 1.1: expected a number of parts, from 0 to 1']
  ])('%s: says what is wrong, and what is allowed', (reference, message) => {
    expect(() => strategyByName(reference)).toThrow(InvalidParametersError)
    expect(() => strategyByName(reference)).toThrow(message)
  })
})
