import type { ServerResponse } from 'node:http'
import type { HttpHandler } from './http-handler.ts'

/**
 * What the page may do: run its own files, speak to its own daemon, and frame the reports of its own daemon. No script or
 * style can come from a text that a peer sent, and none of the ways in which a script makes markup out of text works.
 */
export const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "font-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'"
].join('; ')

/** What goes with everything that a browser may look at, unless it has a stricter policy. */
export const PAGE_HEADERS = {
  'Content-Security-Policy': PAGE_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin'
} as const

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...PAGE_HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store'
  })
  response.end(`${text}\n`)
}

export function sendJson(response: ServerResponse, value: unknown): void {
  const text = `${JSON.stringify(value)}\n`
  response.writeHead(200, {
    ...PAGE_HEADERS,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store'
  })
  response.end(text)
}

/** One address that leads to another. A browser keeps the fragment, where the token is. */
export function redirectTo(path: string, target: string): HttpHandler {
  return {
    path,
    access: 'page',
    handle: (_call, response) => {
      response.writeHead(302, { ...PAGE_HEADERS, Location: target, 'Content-Length': 0 })
      response.end()
      return Promise.resolve()
    }
  }
}
