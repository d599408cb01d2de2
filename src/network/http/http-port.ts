/** What fetching needs of HTTP. The real one is `node-http.ts`; tests have one in virtual time. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD'
  /** `https://host`, or `http://host:port`. */
  readonly origin: string
  /** From the root, with the query. */
  readonly path: string
  /** A body beyond is not read: the request fails with `BodyTooLargeError`. */
  readonly maxBytes: number
  /** May the name of the host lead to this machine, or to a private network? */
  readonly mayBePrivate: boolean
  readonly signal: AbortSignal
  /** Told of the head of a 200, and of its bytes as they come; `total` is 0 while it is not known. */
  readonly onBytes?: (received: number, total: number) => void
}

export interface HttpReply {
  readonly status: number
  readonly retryAfter: string | undefined
  /** Of a 200; nothing is read of others. */
  readonly body: Uint8Array
}

/** Redirects are answers like others: they are not followed. */
export interface HttpPort {
  request(request: HttpRequest): Promise<HttpReply>
  /** Closes connections that are kept. */
  close(): void
}

export class BodyTooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`the body is larger than ${maxBytes} bytes`)
    this.name = 'BodyTooLargeError'
  }
}
