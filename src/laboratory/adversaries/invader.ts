import { strategyByName } from '../../engine/strategies/by-name.ts'
import type { Adversary } from './adversary.ts'

/** In front of the reference of a server strategy. */
export const INVADER = 'invader:'

/** A peer that plays fair, by another server strategy than the population: does it do better? */
export function invader(reference: string): Adversary {
  const strategy = strategyByName(reference)
  return {
    name: `${INVADER}${strategy.name}`,
    about: `serves by ${strategy.name}, whatever the others do`,
    source: 'invasion of a population: Axelrod and Hamilton, The evolution of cooperation, Science 1981',
    serves: true,
    corrupt: (parts) => ({ ...parts, strategy })
  }
}
