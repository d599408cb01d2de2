import { STATUS_CODES, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { isBehind } from '../serving/connection-bound.ts'
import { GatewayError } from './gateway-error.ts'
import { writePieces } from './write-body.ts'

/** The answer to one request: its headers, then pieces of a body, then its end. */
export class Answer {
  readonly response: ServerResponse
  readonly #common: OutgoingHttpHeaders
  readonly #held: (bytes: number) => void
  #bodyBytes = 0
  #heldBytes = 0
  #isOver = false
  /** When the client last took something, or was first given something. */
  #movedAt = performance.now()

  /** `held` is told of bytes that wait for the client, and, below 0, that they wait no longer. */
  constructor(response: ServerResponse, common: OutgoingHttpHeaders, held: (bytes: number) => void) {
    this.response = response
    this.#common = common
    this.#held = held
  }

  get hasBegun(): boolean {
    return this.response.headersSent
  }

  get status(): number {
    return this.response.statusCode
  }

  get bodyBytes(): number {
    return this.#bodyBytes
  }

  /** Has the client taken nothing for so long of what there is for it? */
  isStalled(ms: number): boolean {
    const { response } = this
    return !response.destroyed && isBehind(response) && performance.now() - this.#movedAt >= ms
  }

  begin(status: number, headers: OutgoingHttpHeaders): void {
    const all = { ...this.#common, ...headers }
    // What the owner's answers depend on, they depend on still.
    const vary = [this.#common['Vary'], headers['Vary']].flatMap((value) => value ?? [])
    this.response.writeHead(status, vary.length === 0 ? all : { ...all, Vary: vary.map(String) })
  }

  /** Resolves when the client takes more. */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
    this.#bodyBytes += bytes
    this.#hold(bytes)
    this.#movedAt = performance.now()
    try {
      await writePieces(this.response, pieces)
    } finally {
      this.#hold(-bytes)
      this.#movedAt = performance.now()
    }
  }

  /** Does nothing when the client is gone. */
  end(bytes?: Uint8Array): void {
    if (this.response.destroyed) return
    if (bytes === undefined) {
      this.response.end()
      return
    }
    this.#bodyBytes += bytes.byteLength
    this.#hold(bytes.byteLength)
    this.#movedAt = performance.now()
    this.response.end(bytes)
  }

  /** The client has all of it, or is gone: nothing waits for it any more, whatever is still handed in. */
  over(): void {
    this.#hold(-this.#heldBytes)
    this.#isOver = true
  }

  #hold(bytes: number): void {
    if (this.#isOver) return
    this.#heldBytes += bytes
    this.#held(bytes)
  }
}

/** An answer without a body. */
export function sendHead(answer: Answer, status: number, headers: OutgoingHttpHeaders): void {
  answer.begin(status, headers)
  answer.end()
}

/** An error in plain text, which no cache keeps. */
export function sendError(answer: Answer, error: unknown): void {
  const isOurs = error instanceof GatewayError
  const status = isOurs ? error.status : 500
  const text = Buffer.from(`${isOurs ? error.message : (STATUS_CODES[500] ?? '')}\n`)
  answer.begin(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': text.byteLength,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    ...(isOurs && error.retryAfterS !== undefined ? { 'Retry-After': error.retryAfterS } : {}),
    ...(status === 405 ? { Allow: 'GET, HEAD, OPTIONS' } : {})
  })
  answer.end(text)
}
