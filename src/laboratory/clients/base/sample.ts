import type { Random } from '../../../ports.ts'

/** So many of the items, each as likely as any other, in random order; all of them when there are no more. */
export function sample<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  const left = [...items]
  const chosen: Item[] = []
  while (chosen.length < count && left.length > 0)
    chosen.push(...left.splice(Math.floor(random.next() * left.length), 1))
  return chosen
}

/** The value below which a part `share` of the samples lies; undefined without samples. */
export function quantile(samples: readonly number[], share: number): number | undefined {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}
