import type { InsightEvent, Snapshot, SnapshotChange } from '../insight.ts'
import { backOffMs } from './back-off.ts'
import { EventStream, type StreamEvent } from './event-stream.ts'

/** All rows that the daemon gives: the page filters and sorts them itself. */
export const FEED_PATH = '/api/barter/events?wants=5000&partners=2000&sessions=2000&log=1000'

/** The daemon says something every 15 seconds at least; a connection that is silent for longer is dead. */
const SILENCE_MS = 40_000

export interface FeedInit {
  readonly token: string
  readonly signal: AbortSignal
  readonly onEvent: (event: InsightEvent) => void
  readonly onLive: () => void
  readonly onLost: (reason: string, retryInMs: number) => void
  /** The daemon wants a token, or another one. Nothing is tried again. */
  readonly onLocked: () => void
}

/** Reads the feed until `signal`, and starts again with growing pauses whenever it ends. */
export async function followFeed(init: FeedInit): Promise<void> {
  let attempt = 0
  while (!init.signal.aborted) {
    let reason = 'The daemon ended the connection.'
    try {
      const outcome = await readOnce(init, () => (attempt = 0))
      if (outcome === 'locked') {
        init.onLocked()
        return
      }
    } catch (error) {
      reason = reasonOf(error)
    }
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may have ended while the feed was read
    if (init.signal.aborted) return
    const waitMs = backOffMs(attempt, Math.random())
    attempt += 1
    init.onLost(reason, waitMs)
    await pause(waitMs, init.signal)
  }
}

/** What `fetch` says when nobody answers is the same for all reasons, and in words of the browser. */
function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'Nobody answers at this address.'
  return error instanceof Error ? error.message : String(error)
}

async function readOnce(init: FeedInit, onFirst: () => void): Promise<'locked' | 'ended'> {
  const dead = new AbortController()
  const signal = AbortSignal.any([init.signal, dead.signal])
  let timer = 0
  const alive = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => dead.abort(new Error('Nothing was heard of the daemon for a while.')), SILENCE_MS)
  }
  alive()
  try {
    const headers = init.token === '' ? {} : { Authorization: `Bearer ${init.token}` }
    const response = await fetch(FEED_PATH, { headers, signal, cache: 'no-store' })
    if (response.status === 401 || response.status === 403) return 'locked'
    if (!response.ok || response.body === null) throw new Error(await refusalText(response))
    const events = new EventStream()
    const decoder = new TextDecoder()
    const reader = response.body.getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      alive()
      for (const event of events.push(decoder.decode(read.value, { stream: true }))) {
        onFirst()
        init.onLive()
        const known = insightEvent(event)
        if (known !== undefined) init.onEvent(known)
      }
    }
    return 'ended'
  } finally {
    clearTimeout(timer)
    dead.abort()
  }
}

/** The daemon and its page are of one version: what it sends is what the contract says. */
function insightEvent({ event, data }: StreamEvent): InsightEvent | undefined {
  if (event === 'snapshot') return { type: 'snapshot', snapshot: JSON.parse(data) as Snapshot }
  if (event === 'change') return { type: 'change', change: JSON.parse(data) as SnapshotChange }
  return undefined
}

async function refusalText(response: Response): Promise<string> {
  const text = (await response.text()).trim().slice(0, 200)
  return text === '' ? `The daemon answered ${response.status}.` : `The daemon answered ${response.status}: ${text}`
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
