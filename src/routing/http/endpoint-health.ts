/** Pause after a first failure, in milliseconds; it doubles with each that follows. */
export const FIRST_PAUSE_MS = 1_000
export const MAX_PAUSE_MS = 5 * 60_000
/** Longest pause that an endpoint may ask for. */
export const MAX_RETRY_AFTER_MS = 60 * 60_000

/** When an endpoint may be asked again: not at once after a failure, and not before the time that it named itself. */
export class EndpointHealth {
  #failures = 0
  #pausedUntil = 0

  /** Milliseconds until it may be asked; 0 when it may. */
  pauseMs(now: number): number {
    return Math.max(0, this.#pausedUntil - now)
  }

  succeeded(): void {
    this.#failures = 0
    this.#pausedUntil = 0
  }

  /** `retryAfterMs` is what the endpoint asked for, if it did. */
  failed(now: number, retryAfterMs = 0): void {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, MAX_PAUSE_MS)
    this.#failures = Math.min(this.#failures + 1, 30)
    this.#pausedUntil = now + Math.max(pauseMs, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS))
  }
}

/** Milliseconds of a `Retry-After` header: seconds, or a date. `epochMs` is the present. 0 when it says nothing of use. */
export function parseRetryAfter(header: string | null, epochMs: number): number {
  if (header === null) return 0
  if (/^\d{1,9}$/u.test(header.trim())) return Number(header) * 1_000
  const date = /^[A-Z][a-z]{2}, /u.test(header) ? Date.parse(header) : NaN
  return Number.isNaN(date) ? 0 : Math.max(0, date - epochMs)
}
