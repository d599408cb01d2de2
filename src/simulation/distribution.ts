import { InvalidParametersError } from '../errors.ts'
import type { Random } from '../ports.ts'

/** How a time is drawn, in milliseconds: plain data. */
export type Distribution =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number }
  /** By the mean and standard deviation of the times themselves, as papers give them. */
  | { readonly kind: 'lognormal'; readonly meanMs: number; readonly sdMs: number }
  | { readonly kind: 'weibull'; readonly shape: number; readonly scaleMs: number }

/**
 * One draw, in whole microseconds. Logarithms and powers may differ in the last bit between machines: rounded at once, they
 * decide the same everywhere. Each draw takes two numbers, whatever the kind, so that one kind can stand for another without
 * disturbing what is drawn later.
 */
export function drawMicros(distribution: Distribution, random: Random): number {
  // Above 0, for the sake of the logarithm.
  const [first, second] = [1 - random.next(), random.next()]
  const ms = drawMs(distribution, first, second)
  if (!(ms >= 0)) throw new InvalidParametersError(`${JSON.stringify(distribution)} gives ${ms} ms: expected 0 or more`)
  return Math.round(ms * 1_000)
}

function drawMs(distribution: Distribution, first: number, second: number): number {
  switch (distribution.kind) {
    case 'fixed':
      return distribution.ms
    case 'uniform':
      return distribution.fromMs + (distribution.toMs - distribution.fromMs) * second
    case 'exponential':
      return -distribution.meanMs * Math.log(first)
    case 'weibull':
      return distribution.scaleMs * (-Math.log(first)) ** (1 / distribution.shape)
    case 'lognormal': {
      const { meanMs, sdMs } = distribution
      if (meanMs === 0) return 0
      const variance = Math.log(1 + (sdMs / meanMs) ** 2)
      const normal = Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * second)
      return meanMs * Math.exp(Math.sqrt(variance) * normal - variance / 2)
    }
  }
}
