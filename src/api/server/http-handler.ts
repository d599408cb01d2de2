import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request that `ApiServer` let in. */
export interface HandlerCall {
  readonly request: IncomingMessage
  readonly url: URL
  /** Ends when the caller hangs up, and when the API stops. */
  readonly signal: AbortSignal
}

/** What the port of the API serves to be looked at, beside the commands: a page, its events, metrics. Changes nothing. */
export interface HttpHandler {
  /** The path it answers; with `/` at the end, all below it, too. */
  readonly path: string
  /**
   * A `page` is the same for everybody and holds nothing of this peer; `data` asks for what commands ask for; what is for
   * the `owner` asks for the token itself, wherever others may command, too.
   */
  readonly access: 'page' | 'data' | 'owner'
  /** Answers GET and HEAD, which is all that gets here. A rejection before the headers are out becomes a 500. */
  handle(call: HandlerCall, response: ServerResponse): Promise<void>
}
