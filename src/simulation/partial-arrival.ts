import type { Clock, PartialMessage, Timer } from '../ports.ts'

/** One message on its way. Times are those of the clock, in milliseconds. */
export interface Journey {
  readonly bytes: number
  /** When its first byte leaves. */
  readonly leavesAt: number
  /** From its first byte to its last. */
  readonly takesMs: number
  readonly latencyMs: number
}

/** As on a real network: no message is told of sooner, or again, in milliseconds. */
export const TELL_EVERY_MS = 250

/** Tells how much of a message is at its receiver, while that is not all of it. Cancel it when the message is lost. */
export function tellOfParts(
  clock: Pick<Clock, 'now' | 'setTimer'>,
  { bytes, leavesAt, takesMs, latencyMs }: Journey,
  tell: (part: PartialMessage) => void
): Timer | undefined {
  if (takesMs <= TELL_EVERY_MS) return undefined
  const beganAt = leavesAt + latencyMs
  let timer: Timer | undefined
  const again = (atMs: number): void => {
    if (atMs >= beganAt + takesMs) return
    timer = clock.setTimer(atMs - clock.now(), () => {
      const ms = clock.now() - beganAt
      tell({ bytes: Math.floor((bytes * ms) / takesMs), totalBytes: bytes, ms })
      again(atMs + TELL_EVERY_MS)
    })
  }
  // What was long in leaving is told of when that is known: not of what is past by then.
  const told = Math.max(0, Math.floor((clock.now() - beganAt) / TELL_EVERY_MS))
  again(beganAt + (told + 1) * TELL_EVERY_MS)
  return { cancel: () => timer?.cancel() }
}
