/**
 * To nine decimal places. For results of `Math.exp`, `tanh` and the like before anything is decided by them: engines and
 * machines may differ in their last bits, and a decision must not.
 */
export function quantise(value: number): number {
  return Math.round(value * 1e9) / 1e9
}
