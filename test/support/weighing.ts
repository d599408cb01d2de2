import { byWeight, type WeightRule, type WeightStrategy } from '../../src/engine/strategies/by-weight.ts'

/** A strategy of nothing but weights. */
export function weighing(weigh: WeightRule['weigh']): WeightStrategy {
  return byWeight({ name: 'weighing', about: 'weights of a test', source: 'a test', weigh })
}
