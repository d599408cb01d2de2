const FIRST_MS = 500
const MOST_MS = 15_000

/** How long to wait before attempt number `attempt` (from 0) to reach the daemon again; `chance` is from 0 to 1. */
export function backOffMs(attempt: number, chance: number): number {
  const full = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 10))
  return Math.round(full * (0.75 + chance / 4))
}
