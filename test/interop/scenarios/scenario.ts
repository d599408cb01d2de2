import type { Cast, Stage } from '../stage.ts'

/** A trade that has to work with every program, in both directions. */
export interface Scenario {
  readonly name: string
  /** False where a program cannot do its part in this role, by its features. */
  readonly fits?: (cast: Cast) => boolean
  readonly run: (stage: Stage) => Promise<void>
}

export const KIB = 1024
export const MIB = KIB * KIB
