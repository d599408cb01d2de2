import type { Random } from '../ports.ts'

/** Dice good enough for spreading load; secrets do not come from here. */
export const systemRandom: Random = { next: () => Math.random() }
