import type { WantRow } from '../api/service/insight-wants.ts'
import type { MaybePromise } from '../ports.ts'
import { waitingLine, type Said } from './waiting-line.ts'

/** Between two looks as long as there is nothing to say, and after a line. */
const AGAIN_MS = 5_000
const APART_MS = 10_000

export interface WaitingParts {
  /** What the command wants, the oldest first. */
  readonly wants: () => MaybePromise<readonly WantRow[]>
  readonly tell: (line: string) => void
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Looks at what a command wants and tells why it does not come, until `signal` ends it; rejects then, or as `wants` does. */
export async function tellWaiting({ wants, tell, wait }: WaitingParts, signal: AbortSignal): Promise<never> {
  let said: Said | undefined
  for (;;) {
    const news = waitingLine(await wants(), said)
    // The command may have ended meanwhile.
    signal.throwIfAborted()
    if (news !== undefined) tell(news.line)
    said = news?.said ?? said
    await wait(news === undefined ? AGAIN_MS : APART_MS, signal)
  }
}
