import { describe, it } from 'vitest'
import type { ForeignKind } from './foreign-peer.ts'
import { whyNot } from './required.ts'
import type { Scenario } from './scenarios.ts'
import { type Role, stageFor } from './stage.ts'

const TITLES: Readonly<Record<Role, (kind: string) => string>> = {
  provides: (kind) => `Barter fetches from ${kind}`,
  consumes: (kind) => `Barter serves ${kind}`
}

/** Declares the tests of one program: every scenario that fits it, in both directions. */
export async function play(kind: ForeignKind, scenarios: readonly Scenario[]): Promise<void> {
  const reason = await whyNot(kind)
  for (const role of ['provides', 'consumes'] as const) {
    const stage = stageFor(kind, role)
    describe.skipIf(reason !== undefined)(TITLES[role](kind.name), () => {
      for (const { name, fits = () => true, run, timeoutMs } of scenarios) {
        if (fits(stage)) it(name, { ...(timeoutMs && { timeout: timeoutMs }) }, async () => await run(stage))
      }
    })
  }
}
