import type { ServerResponse } from 'node:http'
import type { HttpHandler } from '../../api/server/http-handler.ts'
import { sendJson, sendText } from '../../api/server/page-headers.ts'
import type { OpenedReport, ReportList } from '../../api/service/report-list.ts'
import { ReportDirectory } from './report-directory.ts'
import { Passes } from './passes.ts'

const LIST_PATH = '/api/barter/reports'
const REPORT_PATH = '/reports/'

/**
 * What a report may do: show itself. It runs no script and fetches nothing, and is of an origin of its own, so that it
 * cannot reach the page that frames it, nor the daemon.
 */
const REPORT_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox'
].join('; ')

/** Addresses of opened reports at a time. */
const MAX_OPEN = 64

/**
 * Lists the reports of a directory and opens one, for who may command; and serves an opened one for a minute to whoever
 * knows its address, since a frame cannot show a token.
 */
export function reportHandlers(path: string | undefined): readonly HttpHandler[] {
  const directory = path === undefined || path === '' ? undefined : new ReportDirectory(path)
  const tickets = new Passes<string>(MAX_OPEN)
  return [
    {
      path: LIST_PATH,
      access: 'data',
      handle: async (_call, response) => {
        const list: ReportList = { directory: directory?.path, reports: (await directory?.list()) ?? [] }
        sendJson(response, list)
      }
    },
    {
      path: `${LIST_PATH}/open`,
      access: 'data',
      handle: async ({ url }, response) => {
        const name = url.searchParams.get('name') ?? ''
        const isListed = (await directory?.read(name)) !== undefined
        if (!isListed) {
          sendText(response, 404, 'there is no report of this name')
          return
        }
        const opened: OpenedReport = { path: `${REPORT_PATH}${tickets.issue(name)}` }
        sendJson(response, opened)
      }
    },
    {
      path: REPORT_PATH,
      access: 'page',
      handle: async ({ url }, response) => {
        const name = tickets.valueOf(url.pathname.slice(REPORT_PATH.length))
        const report = name === undefined ? undefined : await directory?.read(name)
        if (report === undefined) {
          sendText(response, 404, 'This address was good for a minute: open the report anew.')
          return
        }
        sendReport(response, report)
      }
    }
  ]
}

function sendReport(response: ServerResponse, report: Buffer): void {
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': report.length,
    'Cache-Control': 'no-store',
    'Content-Security-Policy': REPORT_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'SAMEORIGIN',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin'
  })
  response.end(report)
}
