import type { HttpHandler } from '../../api/server/http-handler.ts'
import { CODE_PATH, TOKEN_PATH } from '../../api/server/dashboard-paths.ts'
import { sendJson, sendText } from '../../api/server/page-headers.ts'
import { Passes } from './passes.ts'

/** Codes at a time. */
const MAX_CODES = 16

/**
 * How a browser is opened with a page that has the token, without the token on a command line, where every user of the
 * machine can read it: whoever has the token asks for a code, which is good for one page.
 */
export function dashboardCodeHandlers(token: () => Promise<string | undefined>): readonly HttpHandler[] {
  const codes = new Passes<true>(MAX_CODES)
  return [
    {
      path: CODE_PATH,
      // A secret for this path must not become the token, which is for all of them.
      access: 'owner',
      handle: (_call, response) => {
        sendJson(response, { code: codes.issue(true) })
        return Promise.resolve()
      }
    },
    {
      path: TOKEN_PATH,
      access: 'page',
      handle: async ({ url, request }, response) => {
        const isGood = request.method === 'GET' && codes.redeem(url.searchParams.get('code') ?? '') === true
        if (isGood) sendJson(response, { token: (await token()) ?? '' })
        else sendText(response, 403, 'This code is no good, or not any more.')
      }
    }
  ]
}
