import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { countedStatus } from '../../serving/counted-status.ts'
import { Tally } from '../../tally.ts'

/** Seconds that requests take: some are answered at once, some stay open for as long as somebody looks. */
const SECONDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600]
const BYTES = [256, 1_024, 16_384, 262_144, 1_048_576, 16_777_216, 268_435_456]

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])

/** Requests that ended, by what was asked and how it was answered. */
export interface RequestCount {
  /** `other` for what no client of ours uses. */
  readonly method: string
  readonly code: number
  readonly count: number
}

/** Counts what the API is asked, from the moment this is handed to it. */
export class ApiMeter {
  /** Bounded: methods by the statuses that the API answers with. */
  readonly #counts = new Map<string, RequestCount>()
  /** What of a connection belongs to requests before this one. Bounded: open connections. */
  readonly #before = new WeakMap<Socket, { read: number; written: number }>()
  readonly #now: () => number
  readonly seconds = new Tally(SECONDS)
  /** On the wire, with headers. */
  readonly requestBytes = new Tally(BYTES)
  readonly responseBytes = new Tally(BYTES)

  /** `now` in milliseconds, on a clock that only goes forward. */
  constructor(now: () => number) {
    this.#now = now
  }

  requests(): Iterable<RequestCount> {
    return this.#counts.values()
  }

  /** A request began; it is counted when it has ended. */
  watch({ method = '', socket }: IncomingMessage, response: ServerResponse): void {
    const startedAt = this.#now()
    response.once('close', () => {
      this.#count(METHODS.has(method) ? method : 'other', countedStatus(response))
      this.seconds.add((this.#now() - startedAt) / 1_000)
      const before = this.#before.get(socket) ?? { read: 0, written: 0 }
      this.requestBytes.add(socket.bytesRead - before.read)
      this.responseBytes.add(socket.bytesWritten - before.written)
      this.#before.set(socket, { read: socket.bytesRead, written: socket.bytesWritten })
    })
  }

  #count(method: string, code: number): void {
    const name = `${method} ${code}`
    this.#counts.set(name, { method, code, count: (this.#counts.get(name)?.count ?? 0) + 1 })
  }
}
