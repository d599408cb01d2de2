import fc from 'fast-check'

/** The seed of this run: `BARTER_SEED` when it is set, to repeat a failure; else a new one. */
export const SEED =
  process.env['BARTER_SEED'] === undefined ? Date.now() & 0x7fffffff : Number(process.env['BARTER_SEED'])

/** Checks a property with the seed of this run. A failure names it: run again with `BARTER_SEED=<seed>`. */
export function property<Values extends unknown[]>(
  rule: fc.IProperty<Values>,
  parameters: fc.Parameters<Values> = {}
): void {
  fc.assert(rule, { ...seeded(), ...parameters })
}

/** As `property`, for a rule that awaits. */
export async function asyncProperty<Values extends unknown[]>(
  rule: fc.IAsyncProperty<Values>,
  parameters: fc.Parameters<Values> = {}
): Promise<void> {
  await fc.assert(rule, { ...seeded(), ...parameters })
}

/** What `fc.assert` needs to print its seed and the values of a failure, and to take the seed from the environment. */
export function seeded(): { seed: number; verbose: number } {
  return { seed: SEED, verbose: fc.VerbosityLevel.Verbose }
}
