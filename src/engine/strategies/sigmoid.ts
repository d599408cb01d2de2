import { quantise } from './quantise.ts'

/**
 * The sigmoid of the IPFS whitepaper (Benet 2014, §3.4.2): 1 − 1 / (1 + e^(6 − 3r)), r the debt ratio. 0.998 for r = 0,
 * one half for r = 2, 0.0025 for r = 4; to nine places.
 */
export function sigmoid(ratio: number): number {
  return quantise(1 - 1 / (1 + Math.exp(6 - 3 * ratio)))
}
