/** Waiting for programs that run by their own clock. */

/** How often a program is asked again; asking costs it little. */
const PAUSE_MS = 20

/** A wait with an end for what another program does, which nobody tells us of. Rejects with `what` past the deadline. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, deadlineMs = 20_000): Promise<void> {
  const started = performance.now()
  while (!(await holds())) {
    if (performance.now() - started > deadlineMs) throw new Error(`it did not come true in time that ${what}`)
    await pause(PAUSE_MS)
  }
}

/** For what needs time to pass by itself. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
