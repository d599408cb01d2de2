/** First pause after failures, in milliseconds; it doubles with each that follows without a success in between. */
export const FIRST_PAUSE_MS = 1_000
/** Longest pause, also for a host that asks for a longer one: it may do so again. */
export const MAX_PAUSE_MS = 60_000

/** How long a host is left alone. A pause ends by itself; what was wrong is forgotten with the next success. */
export class CoolDown {
  #pauses = 0
  #until = -Infinity

  /** Milliseconds until it may be asked again; 0 when it may. */
  leftMs(now: number): number {
    return Math.max(0, this.#until - now)
  }

  succeeded(): void {
    this.#pauses = 0
  }

  /** Returns how long it is left alone. `askedMs` is what it asked for, if it did. */
  pause(now: number, askedMs: number | undefined): number {
    const ownMs = FIRST_PAUSE_MS * 2 ** Math.min(this.#pauses++, 16)
    const pauseMs = Math.min(askedMs ?? ownMs, MAX_PAUSE_MS)
    this.#until = Math.max(this.#until, now + pauseMs)
    return this.leftMs(now)
  }
}

/** Milliseconds of a `Retry-After` header: seconds, or a date. `epochMs` is the present. Undefined when it says nothing. */
export function parseRetryAfter(header: string | undefined, epochMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/u.test(header.trim())) return Number(header) * 1_000
  const date = /^[A-Z][a-z]{2}, /u.test(header) ? Date.parse(header) : NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - epochMs)
}
