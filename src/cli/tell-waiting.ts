import type { WantRow } from '../api/service/insight-wants.ts'
import { OfflineError } from '../node/service/offline-error.ts'
import type { MaybePromise } from '../ports.ts'
import { waitingLine, type Said } from './waiting-line.ts'

/** Between two looks as long as there is nothing to say, and after a line. */
const AGAIN_MS = 5_000
const APART_MS = 10_000
/** Looks that fail in a row: then nobody tells. */
const MAX_FAILURES = 3

export interface WaitingParts {
  /** What the command wants, the oldest first. */
  readonly wants: () => MaybePromise<readonly WantRow[]>
  readonly tell: (line: string) => void
  /** On a terminal: keeps a line below what was told; undefined takes it away. */
  readonly draw?: ((line: string | undefined) => void) | undefined
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
}

/**
 * Looks at what a command wants and tells why it does not come, until `signal` ends it; rejects then, or as `wants`
 * does offline or several times in a row: a single look that fails has nothing to tell.
 * How long it has been is kept current on a terminal; elsewhere it is told more and more rarely.
 */
export async function tellWaiting({ wants, tell, draw, wait, now }: WaitingParts, signal: AbortSignal): Promise<never> {
  const place = draw === undefined ? 'log' : 'terminal'
  let said: Said | undefined
  let isDrawn = false
  let failures = 0
  for (;;) {
    let rows: readonly WantRow[] = []
    try {
      rows = await wants()
      failures = 0
    } catch (error) {
      failures++
      if (error instanceof OfflineError || failures >= MAX_FAILURES) throw error
    }
    const waiting = waitingLine(rows, said, now(), place)
    // The command may have ended meanwhile.
    signal.throwIfAborted()
    const isTold = waiting?.isNews === true
    if (isTold) tell(waiting.line)
    else if (waiting !== undefined || isDrawn) draw?.(waiting?.short)
    isDrawn = waiting !== undefined && !isTold
    said = waiting?.said ?? said
    await wait(isTold ? APART_MS : AGAIN_MS, signal)
  }
}
