import { randomBytes } from 'node:crypto'
import type { HttpHandler } from '../../api/server/http-handler.ts'
import { CODE_PATH, TOKEN_PATH } from '../../api/server/dashboard-paths.ts'
import { sendJson, sendText } from '../../api/server/page-headers.ts'

const CODE_BYTES = 24
const VALID_MS = 60_000

/** Codes at a time; the oldest makes room. */
export const MAX_CODES = 16

/** Each lets one page have the token, once, within a minute. */
export class DashboardCodes {
  /** Bounded: `MAX_CODES`. */
  readonly #codes = new Map<string, number>()

  issue(now = Date.now()): string {
    const code = randomBytes(CODE_BYTES).toString('base64url')
    this.#codes.set(code, now + VALID_MS)
    const [oldest] = this.#codes.keys()
    if (this.#codes.size > MAX_CODES && oldest !== undefined) this.#codes.delete(oldest)
    return code
  }

  /** True the first time, and in time. */
  redeem(code: string, now = Date.now()): boolean {
    const until = this.#codes.get(code)
    return this.#codes.delete(code) && until !== undefined && now <= until
  }
}

/**
 * How a browser is opened with a page that has the token, without the token on a command line, where every user of the
 * machine can read it: whoever has the token asks for a code, which is good for one page.
 */
export function dashboardCodeHandlers(token: () => Promise<string | undefined>): readonly HttpHandler[] {
  const codes = new DashboardCodes()
  return [
    {
      path: CODE_PATH,
      // A secret for this path must not become the token, which is for all of them.
      access: 'owner',
      handle: (_call, response) => {
        sendJson(response, { code: codes.issue() })
        return Promise.resolve()
      }
    },
    {
      path: TOKEN_PATH,
      access: 'page',
      handle: async ({ url, request }, response) => {
        const isGood = request.method === 'GET' && codes.redeem(url.searchParams.get('code') ?? '')
        if (isGood) sendJson(response, { token: (await token()) ?? '' })
        else sendText(response, 403, 'This code is no good, or not any more.')
      }
    }
  ]
}
