import { SendFailedError } from '../../errors.ts'
import { BlockRequest, type BlockRequestInit } from './block-request.ts'
import { parseRetryAfter } from './cool-down.ts'
import { judge } from './judge.ts'

/** The empty identity CID: every trustless gateway answers for it, and has to fetch nothing. */
const PROBE = 'bafkqaaa'

export interface Probed {
  /** Says whether it has a block without sending it. */
  readonly answersHead: boolean
  readonly latencyMs: number
}

/** The host is there, and wants to be left alone. */
export class BusyHostError extends SendFailedError {
  readonly retryAfterMs: number | undefined

  constructor(origin: string, retryAfterMs: number | undefined) {
    super(`${origin} asks to be left alone for now`)
    this.retryAfterMs = retryAfterMs
  }
}

/** Finds out whether a host is a trustless gateway: by HEAD, and where that is not served, by GET. */
export async function probe(
  init: Omit<BlockRequestInit, 'receiving' | 'maxBytes'>,
  signal: AbortSignal
): Promise<Probed> {
  for (const type of ['have', 'block'] as const) {
    const request = new BlockRequest(type, { ...init, maxBytes: 0, receiving: () => undefined })
    const abort = (): void => request.cancel(signal.reason as Error)
    signal.addEventListener('abort', abort)
    try {
      if (signal.aborted) abort()
      const { status, retryAfter } = await request.run(PROBE)
      const latencyMs = init.clock.now() - request.startedAt
      // Some say that they have no content for it, and are gateways all the same.
      if (status === 200 || status === 204 || status === 410) return { answersHead: type === 'have', latencyMs }
      if (judge(status) === 'busy') {
        throw new BusyHostError(init.origin, parseRetryAfter(retryAfter, init.clock.epochMs()))
      }
      if (type === 'block') throw new SendFailedError(`${init.origin} is no trustless gateway: it answered ${status}`)
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }
  throw new SendFailedError(`${init.origin} is no trustless gateway`)
}
