/** The few assertions that the suites need, so that they run under any test runner. */

export function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}

/** Compares by what JSON shows of two values. */
export function checkSame(actual: unknown, expected: unknown): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  check(got === wanted, `expected ${wanted}, but got ${got}`)
}

/** Passes when `act` rejects; `look` checks with what. */
export async function checkRejects(act: () => Promise<unknown>, look: (error: unknown) => void): Promise<void> {
  let outcome: unknown
  try {
    outcome = await act()
  } catch (error) {
    look(error)
    return
  }
  throw new Error(`expected a rejection, but got ${String(outcome)}`)
}
