import type { Random } from '../ports.ts'

/** The die of the machine. Not for secrets. */
export const systemRandom: Random = { next: () => Math.random() }
