import { describe, it } from 'vitest'
import type { ForeignKind } from './foreign-peer.ts'
import { whyNot } from './required.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { type Role, stageFor } from './stage.ts'

const TITLES: Readonly<Record<Role, (kind: string) => string>> = {
  provides: (kind) => `Barter fetches from ${kind}`,
  consumes: (kind) => `Barter serves ${kind}`
}

export interface PlayOptions {
  /** All scenarios at the same time: for those that wait more than they work. */
  readonly concurrent?: boolean
}

/** Declares the tests of one program: every scenario that fits it, in both directions. Without the program, none runs. */
export async function play(
  kind: ForeignKind,
  scenarios: readonly Scenario[],
  { concurrent = false }: PlayOptions = {}
): Promise<void> {
  const reason = await whyNot(kind)
  for (const role of ['provides', 'consumes'] as const) {
    const cast = { role, features: kind.features }
    const title = `${TITLES[role](kind.name)}${reason === undefined ? '' : ` (not here: ${reason})`}`
    describe.skipIf(reason !== undefined)(title, { concurrent }, () => {
      for (const { name, fits = () => true, run } of scenarios) {
        if (fits(cast)) it(name, async ({ onTestFinished }) => await run(stageFor(kind, role, onTestFinished)))
      }
    })
  }
}
