import { a1 } from './a1-exact-counters.ts'
import type { Reproduction } from './reproduction.ts'

/** The published experiments that can be run again, in the order of the acceptance set. */
export const REPRODUCTIONS: readonly Reproduction[] = [a1]
