import type { IncomingHttpHeaders, ServerResponse } from 'node:http'

const EXPOSED = 'X-Stream-Output, X-Chunked-Output, X-Content-Length'
const DEFAULT_METHODS = 'GET, HEAD, OPTIONS, POST'
const DEFAULT_HEADERS = 'Authorization, Content-Type, User-Agent, X-Requested-With'

/** The headers of every answer: those of the config, and what lets the web pages it names read the answer. */
export class AnswerHeaders {
  readonly #plain: readonly (readonly [string, readonly string[]])[]
  readonly #cors: ReadonlyMap<string, string>
  /** Origins named in the config. */
  readonly origins: readonly string[]

  constructor(headers: Readonly<Record<string, readonly string[]>> = {}) {
    const configured = Object.entries(headers)
    const isCors = (name: string): boolean => name.toLowerCase().startsWith('access-control-')
    this.#plain = configured.filter(([name]) => !isCors(name))
    this.#cors = new Map(
      configured.filter(([name]) => isCors(name)).map(([name, values]) => [name.toLowerCase(), values.join(', ')])
    )
    this.origins = configured
      .filter(([name]) => name.toLowerCase() === 'access-control-allow-origin')
      .flatMap(([, values]) => values.flatMap((value) => value.split(',')))
      .map((origin) => origin.trim())
      .filter((origin) => origin !== '')
  }

  /** Sets them on an answer. `allowed` says whether the page that asks is named in the config. */
  apply(response: ServerResponse, asked: IncomingHttpHeaders, allowed: (origin: string) => boolean): void {
    response.setHeader('Access-Control-Expose-Headers', this.#cors.get('access-control-expose-headers') ?? EXPOSED)
    for (const [name, values] of this.#plain) response.setHeader(name, values)
    const { origin } = asked
    if (this.origins.length > 0) response.setHeader('Vary', 'Origin')
    if (origin === undefined || !allowed(origin)) return
    const isForAll = this.origins.includes('*')
    response.setHeader('Access-Control-Allow-Origin', isForAll ? '*' : origin)
    const credentials = this.#cors.get('access-control-allow-credentials')
    // What a browser keeps of a password is never at the service of every page there is.
    if (credentials !== undefined && !isForAll) response.setHeader('Access-Control-Allow-Credentials', credentials)
    if (asked['access-control-request-method'] === undefined) return
    response.setHeader(
      'Access-Control-Allow-Methods',
      this.#cors.get('access-control-allow-methods') ?? DEFAULT_METHODS
    )
    response.setHeader(
      'Access-Control-Allow-Headers',
      this.#cors.get('access-control-allow-headers') ?? DEFAULT_HEADERS
    )
  }
}
