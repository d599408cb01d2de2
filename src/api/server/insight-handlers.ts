import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { ApiError } from '../api-error.ts'
import type { HandlerCall, HttpHandler } from './http-handler.ts'
import { MAX_WATCHERS, type InsightEvent, type InsightService, type RowLimits } from '../service/insight-service.ts'
import { PAGE_HEADERS, sendJson, sendText } from './page-headers.ts'

/** Silence after which a comment shows that the stream is alive, in milliseconds. */
export const BEAT_MS = 15_000

/** What is seen of a peer by GET: see `insight-service.ts`. */
export function insightHandlers(insight: () => InsightService, beatMs = BEAT_MS): readonly HttpHandler[] {
  const events = new EventStreams(insight, beatMs)
  return [
    {
      path: '/api/barter/snapshot',
      access: 'data',
      handle: async ({ url }, response) => sendJson(response, await insight().snapshot(rowLimits(url)))
    },
    { path: '/api/barter/events', access: 'data', handle: (call, response) => events.handle(call, response) },
    {
      path: '/api/barter/doctor',
      access: 'data',
      handle: async ({ url, signal }, response) =>
        sendJson(response, await insight().diagnose(url.searchParams.get('cid') ?? undefined, { signal }))
    }
  ]
}

class EventStreams {
  readonly #insight: () => InsightService
  readonly #beatMs: number
  #open = 0

  constructor(insight: () => InsightService, beatMs: number) {
    this.#insight = insight
    this.#beatMs = beatMs
  }

  async handle({ request, url, signal }: HandlerCall, response: ServerResponse): Promise<void> {
    const limits = rowLimits(url)
    if (this.#open >= MAX_WATCHERS) {
      sendText(response, 503, `${MAX_WATCHERS} watch already: close one of them`)
      return
    }
    response.writeHead(200, {
      ...PAGE_HEADERS,
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store'
    })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    this.#open++
    const beat = setInterval(() => response.write(': still here\n\n'), this.#beatMs)
    try {
      for await (const event of this.#insight().events({ ...limits, signal })) {
        beat.refresh()
        // Whoever reads slowly gets the next change once this one is read, with all that happened meanwhile.
        if (!response.write(eventText(event))) await once(response, 'drain', { signal })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      clearInterval(beat)
      this.#open--
      response.end()
    }
  }
}

function eventText(event: InsightEvent): string {
  const value = event.type === 'snapshot' ? event.snapshot : event.change
  return `event: ${event.type}\ndata: ${JSON.stringify(value)}\n\n`
}

function rowLimits({ searchParams }: URL): RowLimits {
  const limit = (name: keyof RowLimits): number | undefined => {
    const text = searchParams.get(name)
    if (text === null) return undefined
    if (!/^\d{1,9}$/u.test(text)) throw new ApiError('parse', `${name} is "${text}": expected a whole number`)
    return Number(text)
  }
  return { wants: limit('wants'), partners: limit('partners'), sessions: limit('sessions'), log: limit('log') }
}
